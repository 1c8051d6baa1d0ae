import * as tf from '@tensorflow/tfjs-core';
import type { ImageShape } from '../common/imageShape';
import type { InputDeclaration } from '../engine/program';

/** Input [count, height, width, channel] with values in [0, 1]. */
export function imagesInput(count: number, shape: ImageShape): InputDeclaration {
  return { shape: [count, ...shape], dtype: 'float32' };
}

/** [batch, height, width, channel] → [batch, pixels] */
export function toPixels(images: tf.Tensor): tf.Tensor {
  return tf.reshape(images, [images.shape[0]!, -1]);
}

/** [count, pixels] → [count, height, width, channel] */
export function toImages(pixels: tf.Tensor, shape: ImageShape): tf.Tensor {
  return tf.reshape(pixels, [-1, ...shape]);
}

/** Σ over the batch of weight · value: [batch], [batch] → scalar */
export function weightedSum(weights: tf.Tensor, values: tf.Tensor): tf.Scalar {
  return tf.sum(tf.mul(weights, values));
}

/** The same for each column: [batch], [batch, n] → [n] */
export function weightedSums(weights: tf.Tensor, values: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(tf.expandDims(weights, 1), values), 0);
}
