import * as tf from '@tensorflow/tfjs-core';
import {
  NOISE_INPUT,
  SCALAR_INPUT,
  type HostTensor,
  type OptimizerSettings,
  type Program,
} from '../../../src/engine/program';

export const ADAM = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const satisfies OptimizerSettings;

export function floats(shape: readonly number[], values: ArrayLike<number>): HostTensor {
  return { shape, dtype: 'float32', data: Float32Array.from(values) };
}

export function number(value: number): HostTensor {
  return floats([], [value]);
}

export function noise(seed: number, counter: number): HostTensor {
  return { shape: [2], dtype: 'int32', data: Int32Array.of(seed, counter) };
}

/** Fits y = x · w + b by least squares; small, and with every ability that a scope has. */
export function regression(): Program {
  const data = { x: { shape: [4, 2], dtype: 'float32' }, y: { shape: [4], dtype: 'float32' } } as const;
  return {
    variables: [
      { name: 'weights', shape: [2], initializer: { kind: 'normal', deviation: 0.5 } },
      { name: 'bias', shape: [], initializer: { kind: 'constant', value: 0.25 } },
      { name: 'calls', shape: [], initializer: { kind: 'zeros' } },
    ],
    optimizers: { adam: { settings: ADAM, variables: ['weights', 'bias'] } },
    functions: {
      train: {
        inputs: { ...data, learningRate: SCALAR_INPUT },
        body: (scope, inputs) => {
          scope.assign('calls', tf.add(scope.variable('calls'), 1));
          return scope.minimize(
            'adam',
            () => {
              const product = tf.sum(tf.mul(inputs.x!, scope.variable('weights')), 1);
              const error = tf.sub(tf.add(product, scope.variable('bias')), inputs.y!);
              return { loss: tf.mean<tf.Scalar>(tf.square(error)), largest: tf.max(tf.abs(error)) };
            },
            inputs.learningRate as tf.Scalar,
          );
        },
      },
      draw: {
        inputs: { noise: NOISE_INPUT },
        body: (scope, { noise: seeds }) => ({
          normal: scope.normal(seeds as tf.Tensor1D, 0, [100, 100]),
          other: scope.normal(seeds as tf.Tensor1D, 1, [100, 100]),
          uniform: scope.uniform(seeds as tf.Tensor1D, 0, [100, 100]),
        }),
      },
      swap: {
        inputs: {},
        body: (scope) => {
          const [calls, bias] = [scope.variable('calls'), scope.variable('bias')];
          scope.assign('calls', bias);
          scope.assign('bias', calls);
          return { before: tf.stack([scope.variable('calls') as tf.Scalar, scope.variable('bias') as tf.Scalar]) };
        },
      },
    },
  };
}

export const REGRESSION_DATA = {
  x: floats([4, 2], [1, 2, -1, 0.5, 3, -2, 0, 1]),
  y: floats([4], [1, 0, 2, -1]),
};
