import * as tf from '@tensorflow/tfjs-core';
import { convolution, dense, flatten, transposedConvolution, type LayerScope } from '../../../src/models/layers';
import { reparameterize } from '../../../src/models/posteriors';
import { bernoulliLoss, klLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';

const HALVING = { kernel: 4, stride: 2 } as const;

/** −ELBO of images [batch, side, side, colors], halved by each convolution, with Bernoulli pixels. */
function bound(scope: LayerScope, images: tf.Tensor, epsilon: tf.Tensor, channels: readonly number[]): tf.Scalar {
  let x = images;
  for (const [index, count] of channels.entries()) {
    x = tf.relu(convolution(scope, `encoder.convolution.${index}`, x, count, HALVING));
  }
  const [batch, ...top] = x.shape as [number, number, number, number];
  const latent = epsilon.shape[1]!;
  const mean = dense(scope, 'encoder.mean', flatten(x), latent);
  const logVariance = dense(scope, 'encoder.log_variance', flatten(x), latent);
  const z = reparameterize({ mean, logVariance }, epsilon);
  let y: tf.Tensor = tf.relu(dense(scope, 'decoder.projection', z, top[0] * top[1] * top[2]));
  y = tf.reshape(y, [batch, ...top]);
  for (const [index, count] of channels.toReversed().slice(1).entries()) {
    y = tf.relu(transposedConvolution(scope, `decoder.convolution.${index}`, y, count, HALVING));
  }
  const logits = transposedConvolution(scope, 'decoder.logits', y, images.shape[3]!, HALVING);
  return tf.add(bernoulliLoss(images, logits), klLoss({ mean, logVariance }));
}

/** 28×28×1 → 14×14×32 → 7×7×64 → 20 latents and back, 4×4 kernels of stride 2, ReLU. */
export const convVae: BenchmarkModel = {
  name: 'conv-vae',
  title: 'conv VAE 32-64',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bytes', shape: [BATCH, 28, 28, 1] } },
  noise: { epsilon: { kind: 'normal', shape: [BATCH, 20] } },
  step: (scope, { images }, { epsilon }) => ({ loss: () => bound(scope, images!, epsilon!, [32, 64]) }),
};

/** 64×64×3 → 64-128-256-512 channels → 4×4×512 → 128 latents and back: a model for photographs such as faces. */
export const convVae64: BenchmarkModel = {
  name: 'conv-vae-64',
  title: 'conv VAE 64-128-256-512, 64×64×3',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bytes', shape: [64, 64, 64, 3] } },
  noise: { epsilon: { kind: 'normal', shape: [64, 128] } },
  twins: ['pytorch', 'tensorflow'],
  step: (scope, { images }, { epsilon }) => ({ loss: () => bound(scope, images!, epsilon!, [64, 128, 256, 512]) }),
};
