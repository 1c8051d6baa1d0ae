import { engine, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { ADD_BIAS } from './kernels/names';

/**
 * y[…, i] = x[…, i] + b[i]: x [batch, n] or [batch, height, width, n], bias [n] → like x. One kernel, and one for the bias'
 * gradient Σ ∂y. Throws TypeError for other shapes.
 */
export function addBias<T extends Tensor>(x: T, bias: Tensor1D): T {
  if (x.rank < 2 || bias.rank !== 1 || bias.shape[0] !== x.shape[x.rank - 1]) {
    throw new TypeError(`A bias of shape [${bias.shape.join()}] does not fit channels last in [${x.shape.join()}].`);
  }
  return engine().runKernel(ADD_BIAS, { x, bias });
}
