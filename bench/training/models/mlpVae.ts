import * as tf from '@tensorflow/tfjs-core';
import { bernoulliLoss, dense, denseVariables, trainedNames } from './layers';
import { BATCH, adam, type BenchmarkModel } from './model';
import { kl, reparameterize } from './gaussian';

const variables = [
  ...denseVariables('encoder.hidden', 784, 400),
  ...denseVariables('encoder.mean', 400, 20),
  ...denseVariables('encoder.log_variance', 400, 20),
  ...denseVariables('decoder.hidden', 20, 400),
  ...denseVariables('decoder.logits', 400, 784),
];

/** Kingma & Welling 2013 at the size of PyTorch's example: 784-400-20-400-784, ReLU, Bernoulli pixels. */
export const mlpVae: BenchmarkModel = {
  name: 'mlp-vae',
  title: 'MLP VAE 784-400-20',
  variables,
  trained: trainedNames(variables),
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bytes', shape: [BATCH, 784] } },
  noise: { epsilon: { kind: 'normal', shape: [BATCH, 20] } },
  step: (parts) => () => {
    const images = parts.inputs.images!;
    const hidden = tf.relu(dense(parts, 'encoder.hidden', images));
    const mean = dense(parts, 'encoder.mean', hidden);
    const logVariance = dense(parts, 'encoder.log_variance', hidden);
    const z = reparameterize(mean, logVariance, parts.noise.epsilon!);
    const logits = dense(parts, 'decoder.logits', tf.relu(dense(parts, 'decoder.hidden', z)));
    return tf.add(bernoulliLoss(parts, images, logits), kl(mean, logVariance));
  },
};
