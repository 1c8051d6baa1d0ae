import * as tf from '@tensorflow/tfjs-core';
import type { PoolAttributes } from './attributes';

/**
 * Of each window of ddx the entry at the place where x has its (first) maximum y: one comparison for each place in a window.
 * x, ddx [batch, height, width, channel], y [batch, rows, columns, channel] → like y
 */
export function maxPoolSecondGradient(
  x: tf.Tensor4D,
  y: tf.Tensor4D,
  ddx: tf.Tensor4D,
  { filterSize, strides, padding }: PoolAttributes,
): tf.Tensor {
  const { padInfo, outHeight, outWidth } = tf.backend_util.computePool2DInfo(
    x.shape,
    [...filterSize],
    [...strides],
    1,
    padding === 'SAME' ? 'same' : 'valid',
  );
  const [batch, , , channels] = x.shape;
  const paddings: [number, number][] = [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
  const values = tf.pad(x, paddings, -Infinity);
  const gradients = tf.pad(ddx, paddings);
  let sum: tf.Tensor = tf.zerosLike(y);
  let free: tf.Tensor = tf.onesLike(y);
  for (let row = 0; row < filterSize[0]; row++) {
    for (let column = 0; column < filterSize[1]; column++) {
      const begin = [0, row, column, 0];
      const end = [batch, row + (outHeight - 1) * strides[0] + 1, column + (outWidth - 1) * strides[1] + 1, channels];
      const place = (tensor: tf.Tensor) => tf.stridedSlice(tensor, begin, end, [1, strides[0], strides[1], 1]);
      const chosen = tf.mul(tf.cast(tf.equal(place(values), y), 'float32'), free);
      sum = tf.add(sum, tf.mul(chosen, place(gradients)));
      free = tf.sub(free, chosen);
    }
  }
  return sum;
}
