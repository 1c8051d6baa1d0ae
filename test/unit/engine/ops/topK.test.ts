import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { topOfBlocks } from '../../../../src/engine/ops/kernels/topK';
import { everyBackend, use } from '../gradients/support';

/** Few different numbers, so that many are equal. */
function numbers(rows: number, length: number): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length }, (_unused, index) => Math.round(6 * Math.sin(index * (1.7 + row))) / 2),
  );
}

function bySorting(rows: readonly number[][], k: number) {
  const order = rows.map((row) =>
    row
      .map((_, index) => index)
      .toSorted((a, b) => row[b]! - row[a]! || a - b)
      .slice(0, k),
  );
  return {
    values: order.map((indices, row) => indices.map((index) => rows[row]![index]!)).flat(),
    indices: order.flat(),
  };
}

describe.each(everyBackend)('the k largest numbers on %s', (name) => {
  it.each([
    [12, 3],
    [37, 2], // the last block is filled up
    [64, 1],
    [50, 50],
  ])('are found in blocks of rows of %i, %i of them, the first of equal ones first', async (length, k) => {
    await use(name);
    const rows = numbers(5, length);
    const [values, indices] = tf.tidy(() => {
      const top = (x: tf.Tensor, count: number) => Object.values(tf.topk(x, count)).map((each) => each as tf.Tensor);
      return topOfBlocks(tf.tensor(rows), k, top).map((each) => [...each.dataSync()]);
    });
    expect({ values, indices }).toEqual(bySorting(rows, k));
  });

  it('are those of tf.topk for long rows, also where a row ends in −∞', async () => {
    await use(name);
    const ordered = name !== 'cpu'; // TensorFlow.js in plain JavaScript takes any of several equal ones
    const rows = numbers(4, 401).map((row) => [...row.slice(0, 2), ...row.slice(2).map(() => -Infinity)]);
    for (const each of [numbers(4, 401), rows]) {
      const { values, indices } = tf.tidy(() => {
        const found = tf.topk(tf.reshape(tf.tensor(each), [2, 2, 401]), 4);
        expect([found.values.shape, found.indices.shape, found.indices.dtype]).toEqual([[2, 2, 4], [2, 2, 4], 'int32']);
        return { values: [...found.values.dataSync()], indices: [...found.indices.dataSync()] };
      });
      const expected = bySorting(each, 4);
      expect(values).toEqual(expected.values);
      if (ordered) expect(indices).toEqual(expected.indices);
    }
  });

  it('leave no tensor behind', async () => {
    await use(name);
    const x = tf.tensor(numbers(3, 500));
    const before = tf.memory().numTensors;
    tf.dispose(tf.topk(x, 3));
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});
