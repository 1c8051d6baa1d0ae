import * as tf from '@tensorflow/tfjs-core';
import { kl, reparameterize } from './gaussian';
import {
  bernoulliLoss,
  convolution,
  convolutionVariables,
  dense,
  denseVariables,
  trainedNames,
  transposed,
  transposedVariables,
} from './layers';
import { BATCH, adam, type BenchmarkModel } from './model';

const FEATURES = 7 * 7 * 64;
const variables = [
  ...convolutionVariables('encoder.convolution.0', [4, 4], 1, 32),
  ...convolutionVariables('encoder.convolution.1', [4, 4], 32, 64),
  ...denseVariables('encoder.mean', FEATURES, 20),
  ...denseVariables('encoder.log_variance', FEATURES, 20),
  ...denseVariables('decoder.projection', 20, FEATURES),
  ...transposedVariables('decoder.convolution.0', 64, 32),
  ...transposedVariables('decoder.logits', 32, 1),
];

/** 28×28×1 → 14×14×32 → 7×7×64 → 20 latents and back, 4×4 kernels of stride 2, ReLU, Bernoulli pixels. */
export const convVae: BenchmarkModel = {
  name: 'conv-vae',
  title: 'conv VAE 32-64',
  variables,
  trained: trainedNames(variables),
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bytes', shape: [BATCH, 28, 28, 1] } },
  noise: { epsilon: { kind: 'normal', shape: [BATCH, 20] } },
  step: (parts) => () => {
    const { addBias } = parts.operations;
    const images = parts.inputs.images!;
    let x = tf.relu(convolution(parts, 'encoder.convolution.0', images, 2));
    x = tf.relu(convolution(parts, 'encoder.convolution.1', x, 2));
    const features = tf.reshape(x, [BATCH, FEATURES]);
    const mean = dense(parts, 'encoder.mean', features);
    const logVariance = dense(parts, 'encoder.log_variance', features);
    const z = reparameterize(mean, logVariance, parts.noise.epsilon!);
    let y = tf.relu(dense(parts, 'decoder.projection', z));
    y = transposed(parts, 'decoder.convolution.0', tf.reshape(y, [BATCH, 7, 7, 64]));
    y = tf.relu(addBias(y, parts.variable('decoder.convolution.0.bias')));
    const logits = addBias(transposed(parts, 'decoder.logits', y), parts.variable('decoder.logits.bias'));
    return tf.add(bernoulliLoss(parts, images, logits), kl(mean, logVariance));
  },
};
