import * as tf from '@tensorflow/tfjs-core';
import { sameShape } from '../hostTensor';
import { BROADCAST } from '../ops/kernels/names';

/** Sums what broadcasting has repeated: the gradient of a tensor of `shape` that was used as one of `x.shape`. */
export function sumTo(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (sameShape(x.shape, shape)) return x;
  const axes = tf.broadcast_util.getReductionAxes([...shape], x.shape);
  const sum = axes.length > 0 ? tf.sum(x, axes) : x;
  return sameShape(sum.shape, shape) ? sum : tf.reshape(sum, [...shape]);
}

/** The opposite: repeats `x` along axes of length 1 until it has `shape`, which has as many axes. */
export function broadcast(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (sameShape(x.shape, shape)) return x;
  return tf.engine().runKernel(BROADCAST, { x }, { shape: [...shape] });
}

/** `shape` with the axes that a reduction removes kept at length 1. */
export function keptShape(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}

/** Zero for whatever a piecewise constant operation was computed from; gradients are float32 whatever the input is. */
export function zeroGradient(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? tf.zerosLike(x) : tf.cast(tf.zerosLike(x), 'float32');
}
