import * as tf from '@tensorflow/tfjs-core';
import { convolution, dense, flatten, leakyRelu, type LayerScope } from '../../../src/models/layers';
import { BATCH, adam, type BenchmarkModel } from './model';

const PENALTY = 10;
const IMAGES = [BATCH, 28, 28, 1] as const;

/** Images [batch, side, side, colors] → [batch, 1]; no batch normalization, since the penalty is of each image alone. */
export function critic(scope: LayerScope, images: tf.Tensor, channels: readonly number[]): tf.Tensor {
  let x = images;
  for (const [index, count] of channels.entries()) {
    x = leakyRelu(convolution(scope, `critic.convolution.${index}`, x, count, { kernel: 4, stride: 2 }));
  }
  return dense(scope, 'critic.value', flatten(x), 1);
}

/**
 * Gulrajani et al. 2017, algorithm 1: E f(x̃) − E f(x) + 10 E (‖∇f(x̂)‖ − 1)², a gradient of a gradient; x̂ lies between the real
 * and the generated image, as far as `mixture` [batch, 1, 1, 1] says.
 */
export function criticLoss(
  f: (images: tf.Tensor) => tf.Tensor,
  { real, generated, mixture }: Readonly<Record<'real' | 'generated' | 'mixture', tf.Tensor>>,
): () => tf.Scalar {
  const between = tf.add(real, tf.mul(mixture, tf.sub(generated, real)));
  return () => {
    const slope = tf.grad((x: tf.Tensor) => tf.sum(f(x)))(between);
    const norm = tf.sqrt(tf.add(tf.sum(tf.square(slope), [1, 2, 3]), 1e-12));
    const penalty = tf.mul(tf.mean<tf.Scalar>(tf.square(tf.sub(norm, 1))), PENALTY);
    return tf.add(tf.sub(tf.mean<tf.Scalar>(f(generated)), tf.mean<tf.Scalar>(f(real))), penalty);
  };
}

/** The generated images are data here, so that the critic alone is timed. */
export const wganGp: BenchmarkModel = {
  name: 'wgan-gp',
  title: 'WGAN-GP, critic step',
  optimizer: adam(1e-4, 0.5, 0.9),
  inputs: { images: { kind: 'signedBytes', shape: IMAGES }, generated: { kind: 'signedBytes', shape: IMAGES } },
  noise: { mixture: { kind: 'uniform', shape: [BATCH, 1, 1, 1] } },
  step: (scope, { images, generated }, { mixture }) => ({
    loss: criticLoss((x) => critic(scope, x, [32, 64]), {
      ...{ real: images!, generated: generated!, mixture: mixture! },
    }),
  }),
};
