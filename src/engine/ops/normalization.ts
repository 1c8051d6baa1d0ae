import * as tf from '@tensorflow/tfjs-core';

/**
 * Layer normalization (Ba, Kiros & Hinton 2016): y = scale (x − μ) / √(σ² + ε) + offset with the biased statistics of
 * the last axis. x [..., n]; scale, offset [n] → like x
 */
export function layerNormalization<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon = 1e-5,
): T {
  return normalized(x, [x.rank - 1], scale, offset, epsilon) as T;
}

/**
 * Instance normalization (Ulyanov, Vedaldi & Lempitsky 2016): the same with the statistics of each image and channel over height
 * and width. x [batch, height, width, n]; scale, offset [n] → like x
 */
export function instanceNormalization(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon = 1e-5,
): tf.Tensor4D {
  return normalized(x, [1, 2], scale, offset, epsilon) as tf.Tensor4D;
}

function normalized(x: tf.Tensor, axes: number[], scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon: number): tf.Tensor {
  const channels = x.shape[x.rank - 1];
  for (const { shape } of [scale, offset]) {
    if (shape.length !== 1 || shape[0] !== channels) {
      throw new TypeError(`Scale and offset of [${x.shape.join()}] must be [${channels}], but are [${shape.join()}].`);
    }
  }
  const centered = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centered), axes, true);
  return tf.add(tf.mul(centered, tf.mul(tf.rsqrt(tf.add(variance, epsilon)), scale)), offset);
}
