import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { cumulativeSum } from '../../../../src/engine/ops/kernels/cumulativeSum';

import { everyBackend, use, valuesOf } from '../gradients/support';

interface Direction {
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** Entry by entry, in double precision. */
function bySteps(values: ArrayLike<number>, shape: readonly number[], axis: number, direction: Direction): number[] {
  const product = (lengths: readonly number[]) => lengths.reduce((total, length) => total * length, 1);
  const [length, inner] = [shape[axis]!, product(shape.slice(axis + 1))];
  const sums = new Array<number>(values.length);
  for (let outer = 0; outer < product(shape.slice(0, axis)); outer++) {
    for (let offset = 0; offset < inner; offset++) {
      let sum = 0;
      for (let step = 0; step < length; step++) {
        const at = (outer * length + (direction.reverse ? length - 1 - step : step)) * inner + offset;
        sums[at] = direction.exclusive ? sum : sum + values[at]!;
        sum += values[at]!;
      }
    }
  }
  return sums;
}

function expectSums(actual: ArrayLike<number>, expected: readonly number[]): void {
  const size = Math.max(1, ...expected.filter(Number.isFinite).map(Math.abs));
  for (const [index, value] of expected.entries()) {
    if (Number.isFinite(value)) expect(Math.abs(actual[index]! - value), `entry ${index}`).toBeLessThan(2e-6 * size);
    else expect(actual[index]).toBe(value);
  }
}

const directions: Direction[] = [false, true].flatMap((exclusive) =>
  [false, true].map((reverse) => ({ exclusive, reverse })),
);

describe.each(everyBackend)('cumulative sums on %s', (name) => {
  it.each([
    [[1, 1, 1], 1],
    [[2, 16, 9], 1], // blocks that fit
    [[3, 23, 8], 1], // a prime length: the last block is filled up
    [[2, 3, 50], 2], // along the last axis
    [[40, 3], 0],
    [[5, 2, 3], 1], // short runs
    [[37], 0],
  ])('are right for %j along axis %i, from both ends, with and without the entry itself', async (shape, axis) => {
    await use(name);
    const values = valuesOf({ shape }, 3).map(Math.fround);
    for (const direction of directions) {
      const sums = tf.tidy(() => cumulativeSum(tf.tensor(values, shape), axis, direction).dataSync());
      expectSums(sums, bySteps(values, shape, axis, direction));
    }
  });

  it('are infinite from an infinite entry on, and right before it', async () => {
    await use(name);
    const values = valuesOf({ shape: [20] }, 4).map((value, index) => (index === 13 ? -Infinity : Math.fround(value)));
    for (const direction of directions) {
      const sums = tf.tidy(() => cumulativeSum(tf.tensor1d(values), 0, direction).dataSync());
      expectSums(sums, bySteps(values, [20], 0, direction));
    }
  });

  // Large enough for TensorFlow's own kernel to be replaced.
  it.each([
    [[2, 130, 64], 1],
    [[400, 50], 1],
    [[330, 50], 0],
  ])('and their gradients are those of tf.cumsum for %j along axis %i', async (shape, axis) => {
    await use(name);
    const values = valuesOf({ shape }, 5).map(Math.fround);
    const weights = valuesOf({ shape }, 6).map(Math.fround);
    for (const { exclusive, reverse } of directions) {
      const [sums, gradient] = tf.tidy(() => {
        const of = (x: tf.Tensor) => tf.cumsum(x, axis, exclusive, reverse);
        const x = tf.tensor(values, shape);
        const loss = (y: tf.Tensor) => tf.sum(tf.mul(of(y), tf.tensor(weights, shape)));
        return [of(x).dataSync(), tf.grad(loss)(x).dataSync()];
      });
      expectSums(sums, bySteps(values, shape, axis, { exclusive, reverse }));
      expectSums(gradient, bySteps(weights, shape, axis, { exclusive, reverse: !reverse }));
    }
  });

  // For g = ∂/∂x Σ w · cumsum(x²) = 2 x r, with the sums r of w from the other end, the gradient of ½ Σ g² is 4 x r².
  it('and so are the gradients of gradients', async () => {
    await use(name);
    const shape = [400, 50];
    const values = valuesOf({ shape }, 5).map(Math.fround);
    const weights = valuesOf({ shape }, 6).map(Math.fround);
    const second = tf.tidy(() => {
      const loss = (x: tf.Tensor) => tf.sum(tf.mul(tf.cumsum(tf.square(x), 1), tf.tensor(weights, shape)));
      const penalty = (x: tf.Tensor) => tf.mul(tf.sum(tf.square(tf.grad(loss)(x))), 0.5);
      return tf.grad(penalty)(tf.tensor(values, shape)).dataSync();
    });
    const sums = bySteps(weights, shape, 1, { exclusive: false, reverse: true });
    expectSums(
      second,
      values.map((value, index) => 4 * value * sums[index]! ** 2),
    );
  });
});
