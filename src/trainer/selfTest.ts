import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../engine';
import { NOISE_INPUT, SCALAR_INPUT, type Program } from '../engine/program';
import { noise, scalars } from '../evaluation';
import { engineSchema } from '../protocol/specification';
import type { BackendInfo } from '../protocol/run';

/** A convolution and a linear layer, fitted to noise by Adam: a little of everything that models are made of. */
const PROGRAM: Program = {
  variables: [
    { name: 'kernel', shape: [3, 3, 1, 2], initializer: { kind: 'normal', deviation: 0.1 } },
    { name: 'weights', shape: [8, 1], initializer: { kind: 'normal', deviation: 0.1 } },
  ],
  optimizers: {
    adam: {
      settings: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      variables: ['kernel', 'weights'],
    },
  },
  functions: {
    train: {
      inputs: { noise: NOISE_INPUT, learningRate: SCALAR_INPUT },
      body: (scope, inputs) =>
        scope.minimize(
          'adam',
          () => {
            const images = scope.normal(inputs.noise as tf.Tensor1D, 0, [4, 4, 4, 1]) as tf.Tensor4D;
            const features = tf.relu(tf.conv2d(images, scope.variable('kernel') as tf.Tensor4D, 2, 'same'));
            const output = tf.matMul(tf.reshape(features, [4, 8]), scope.variable('weights') as tf.Tensor2D);
            return { loss: tf.mean<tf.Scalar>(tf.square(tf.sub(output, 1))) };
          },
          inputs.learningRate as tf.Scalar,
        ),
    },
  },
};

/** Loads a backend and makes one update of a small model. Returns what ran; throws where it does not work. */
export async function selfTest(backend: string): Promise<BackendInfo> {
  const choice = engineSchema.shape.backend.parse(backend);
  const opened = await openBackend({ choice });
  try {
    const runner = opened.createRunner(PROGRAM, 0);
    const { loss } = runner.call('train', { noise: noise(0, 0), ...scalars({ learningRate: 1e-3 }) });
    const value = loss?.data[0];
    if (value === undefined || !Number.isFinite(value)) throw new Error(`The self-test computed a loss of ${value}.`);
    return opened.info;
  } finally {
    opened.dispose();
  }
}
