import * as tf from '@tensorflow/tfjs-core';

/** [batch, …] → [batch, n] */
export function flatten(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [x.shape[0]!, x.size / x.shape[0]!]);
}
