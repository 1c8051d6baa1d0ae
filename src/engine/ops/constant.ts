import { tensor, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Numbers that no call changes, such as a mask: `values` in the order of `shape`. Made in every call, since a program's function
 * keeps no tensors; a compiled function holds them once.
 */
export function constant(values: Float32Array, shape: readonly number[]): Tensor {
  return tensor(values, [...shape], 'float32');
}
