import * as tf from '@tensorflow/tfjs-core';
import { BATCH_NORMALIZATION_EPSILON, LEAK, type Operations } from './operations';

/** With TensorFlow.js alone, as its documentation would have it. */
export function plainOperations(): Operations {
  const constants = new Map<string, tf.Tensor>();
  return {
    addBias: (x, bias) => tf.add(x, bias),
    sigmoidCrossEntropy: (labels, logits) => tf.sub(tf.softplus(logits), tf.mul(labels, logits)),
    batchNormalization: (x, scale, offset) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(
        x,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        BATCH_NORMALIZATION_EPSILON,
      );
    },
    leakyRelu: (x) => tf.leakyRelu(x, LEAK),
    constant: (name, shape, values) => {
      const made = constants.get(name) ?? tf.keep(tf.tensor(values, [...shape]));
      constants.set(name, made);
      return made;
    },
  };
}
