import * as tf from '@tensorflow/tfjs-core';
import { convolution, convolutionVariables, dense, denseVariables, trainedNames } from './layers';
import { BATCH, adam, type BenchmarkModel, type StepParts } from './model';

const PENALTY = 10;
const IMAGES = [BATCH, 28, 28, 1] as const;
const variables = [
  ...convolutionVariables('critic.convolution.0', [4, 4], 1, 32),
  ...convolutionVariables('critic.convolution.1', [4, 4], 32, 64),
  ...denseVariables('critic.value', 7 * 7 * 64, 1),
];

/** images [batch, 28, 28, 1] → [batch, 1]; no batch normalization, since the penalty is of each image alone */
function critic(parts: StepParts, images: tf.Tensor): tf.Tensor {
  const { leakyRelu } = parts.operations;
  let x = leakyRelu(convolution(parts, 'critic.convolution.0', images, 2));
  x = leakyRelu(convolution(parts, 'critic.convolution.1', x, 2));
  return dense(parts, 'critic.value', tf.reshape(x, [BATCH, 7 * 7 * 64]));
}

/**
 * Gulrajani et al. 2017, algorithm 1: E f(x̃) − E f(x) + 10 E (‖∇f(x̂)‖ − 1)², a gradient of a gradient. The generated images
 * are data here, so that the critic alone is timed.
 */
export const wganGp: BenchmarkModel = {
  name: 'wgan-gp',
  title: 'WGAN-GP, critic step',
  variables,
  trained: trainedNames(variables),
  optimizer: adam(1e-4, 0.5, 0.9),
  inputs: { images: { kind: 'signedBytes', shape: IMAGES }, generated: { kind: 'signedBytes', shape: IMAGES } },
  noise: { mixture: { kind: 'uniform', shape: [BATCH, 1, 1, 1] } },
  step: (parts) => {
    const { images, generated } = parts.inputs as { images: tf.Tensor; generated: tf.Tensor };
    const between = tf.add(images, tf.mul(parts.noise.mixture!, tf.sub(generated, images)));
    return () => {
      const slope = tf.grad((x: tf.Tensor) => tf.sum(critic(parts, x)))(between);
      const norm = tf.sqrt(tf.add(tf.sum(tf.square(slope), [1, 2, 3]), 1e-12));
      const penalty = tf.mul(tf.mean<tf.Scalar>(tf.square(tf.sub(norm, 1))), PENALTY);
      const difference = tf.sub(tf.mean(critic(parts, generated)), tf.mean(critic(parts, images)));
      return tf.add(difference, penalty);
    };
  },
};
