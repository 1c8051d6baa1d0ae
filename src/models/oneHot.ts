import * as tf from '@tensorflow/tfjs-core';

/**
 * Labels [batch] as one-hot vectors [batch, classes] of float32. Of a single class all are 1: TensorFlow.js refuses a
 * depth below 2. Cast, since WebAssembly fills a float32 one-hot with the bits of integers.
 */
export function oneHot(labels: tf.Tensor1D, classes: number): tf.Tensor2D {
  const two = tf.cast(tf.oneHot(labels, Math.max(2, classes)), 'float32') as tf.Tensor2D;
  return classes === 1 ? tf.slice(two, [0, 0], [-1, 1]) : two;
}
