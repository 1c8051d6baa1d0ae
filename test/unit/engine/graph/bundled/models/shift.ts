import * as tf from '@tensorflow/tfjs-core';
import { addBias } from '../../../../../../src/engine/ops';

const kept: tf.Tensor1D[] = [];

/** Keeps a tensor from one call to the next, which the second trace notices inside of the engine's own operation. */
export function shift(x: tf.Tensor): tf.Tensor {
  if (kept.length === 0) kept.push(tf.keep(tf.ones([3])));
  return addBias(x, kept[0]!);
}
