import { add, cast, div, less, mul, sub, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { assertNever } from '../../common/assertNever';
import { sizeOf } from '../hostTensor';
import type { Scaling } from '../program';
import { statelessUniform } from '../random/draw';

/** Rows of the examples, one after the other, bytes as numbers in [0, 1]. */
export function gathered(values: Uint8Array | Float32Array, rows: Int32Array, shape: readonly number[]): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  const size = data.length / rows.length;
  const white = values instanceof Uint8Array ? 255 : 1;
  rows.forEach((row, index) => {
    for (let i = 0; i < size; i++) data[index * size + i] = values[row * size + i]! / white;
  });
  return data;
}

/** An input's values. `noise`: of a scaling that draws. */
export function scaled(unscaled: Tensor, scaling: Scaling, noise: Tensor1D | undefined, stream: number): Tensor {
  const draws = () => statelessUniform(noise!, stream, unscaled.shape);
  switch (scaling) {
    case 'unit':
      return unscaled;
    case 'signed':
      return sub(mul(unscaled, 2), 1);
    case 'binary':
      return cast(less(draws(), unscaled), 'float32');
    case 'dequantized':
      return div(add(mul(unscaled, 255), draws()), 256);
    default:
      return assertNever(scaling);
  }
}
