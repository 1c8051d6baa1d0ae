import * as tf from '@tensorflow/tfjs-core';
import type * as engine from '../../../src/engine/ops';

/**
 * Stands in for `src/engine/ops` where TensorFlow.js computes by itself (`scripts/bench.mjs`): the same operations as its
 * documentation would have them, without the engine's kernels.
 */
type Plain = Pick<typeof engine, Used>;
type Used = 'addBias' | 'batchNormalization' | 'constant' | 'sigmoidCrossEntropy' | 'stopGradient' | Absent;
type Absent = 'layerNormalization' | 'normalizeBatch' | 'sparseSoftmaxCrossEntropy';

/** Of models that TensorFlow.js does not run by itself. */
function absent(): never {
  throw new Error('not available: TensorFlow.js has no such operation');
}

const constants = new WeakMap<Float32Array, tf.Tensor>();

const plain: Plain = {
  addBias: (x, bias) => tf.add(x, bias),
  sigmoidCrossEntropy: (labels, logits) => tf.sub(tf.softplus(logits), tf.mul(labels, logits)),
  batchNormalization: (x, scale, offset, epsilon) => {
    const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
    const { mean, variance } = tf.moments(x, axes) as { mean: tf.Tensor1D; variance: tf.Tensor1D };
    const output = tf.batchNorm(x, mean, variance, offset, scale, epsilon) as typeof x;
    return { output, mean, variance };
  },
  /** Kept from the first step on, as whoever writes for TensorFlow.js would. */
  constant: (values, shape) => {
    const made = constants.get(values) ?? tf.keep(tf.tensor(values, [...shape]));
    constants.set(values, made);
    return made;
  },
  stopGradient: absent,
  layerNormalization: absent,
  normalizeBatch: absent,
  sparseSoftmaxCrossEntropy: absent,
};

export const {
  addBias,
  batchNormalization,
  constant,
  layerNormalization,
  normalizeBatch,
  sigmoidCrossEntropy,
  sparseSoftmaxCrossEntropy,
  stopGradient,
} = plain;
