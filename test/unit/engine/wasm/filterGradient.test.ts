import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { openBackend } from '../../../../src/engine';
import { normals } from '../../../../src/engine/random/philox';

type Padding = 'same' | 'valid' | number;
const cases: { size: [number, number]; filter: [number, number]; stride: [number, number]; pad: Padding }[] = [
  { size: [28, 28], filter: [4, 4], stride: [2, 2], pad: 'same' },
  { size: [14, 14], filter: [4, 4], stride: [2, 2], pad: 'same' },
  { size: [7, 9], filter: [3, 3], stride: [1, 1], pad: 'same' },
  { size: [7, 9], filter: [3, 2], stride: [1, 1], pad: 'valid' },
  // A stride that leaves rows and columns unused.
  { size: [10, 11], filter: [3, 3], stride: [3, 3], pad: 'valid' },
  { size: [9, 8], filter: [2, 3], stride: [2, 3], pad: 'same' },
  { size: [8, 8], filter: [3, 3], stride: [2, 2], pad: 1 },
  { size: [5, 5], filter: [1, 1], stride: [1, 1], pad: 'same' },
];

describe('the filter gradient on WebAssembly', () => {
  it.each(cases)('agrees with finite differences for %j', async ({ size, filter, stride, pad }) => {
    const backend = await openBackend({ choice: 'wasm' });
    const [batch, inputs, outputs] = [3, 2, 4];
    const filterShape: [number, number, number, number] = [...filter, inputs, outputs];
    const data = (shape: number[], stream: number) =>
      tf.tensor(
        normals(
          shape.reduce((a, b) => a * b, 1),
          1,
          stream,
          0,
        ),
        shape,
      );

    const x = data([batch, ...size, inputs], 0) as tf.Tensor4D;
    const w = data(filterShape, 1) as tf.Tensor4D;
    const y = tf.conv2d(x, w, stride, pad);
    const weights = data(y.shape, 2) as tf.Tensor4D;
    const loss = (kernel: tf.Tensor) => tf.sum(tf.mul(tf.conv2d(x, kernel as tf.Tensor4D, stride, pad), weights));
    const gradient = tf.grad(loss)(w);
    expect(gradient.shape).toEqual(filterShape);

    // The loss is linear in the filter: its difference along any direction is exact but for rounding.
    const values = gradient.dataSync();
    const start = loss(w).dataSync()[0]!;
    for (let index = 0; index < w.size; index++) {
      const moved = w.dataSync().slice();
      moved[index]! += 1;
      const difference = loss(tf.tensor(moved, filterShape)).dataSync()[0]! - start;
      expect(Math.abs(values[index]! - difference)).toBeLessThan(2e-3);
    }
    backend.dispose();
  });
});
