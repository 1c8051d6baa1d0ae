import { describe, expect, it } from 'vitest';
import { sliceOf } from '../../../src/tensors/slice';
import { float32, idle, stored, tensor } from './support';

const query = (change: object = {}) => ({ leading: [], row: 0, column: 0, rows: 100, columns: 100, ...change });

describe('a slice', () => {
  it('is a window of the last two dimensions, cut off at the border', async () => {
    const data = await stored(
      float32(
        [2, 3, 4],
        Array.from({ length: 24 }, (_, i) => i),
      ),
    );
    const found = await sliceOf(data, query({ leading: [1], row: 1, column: 2 }), idle);
    expect(found).toMatchObject({ row: 1, column: 2, rows: 2, columns: 2 });
    expect([...found.values]).toEqual([18, 19, 22, 23]);
    await expect(sliceOf(data, query({ leading: [2] }), idle)).rejects.toThrow('no index 2 in dimension 0');
    expect((await sliceOf(data, query({ row: 1e9, column: -5, rows: NaN }), idle)).rows).toBe(0);
  });

  it('of a vector is a column, of a scalar its value', async () => {
    expect([...(await sliceOf(await stored(float32([3], [1, 2, 3])), query({ row: 1 }), idle)).values]).toEqual([2, 3]);
    expect([...(await sliceOf(await stored(float32([], [7])), query(), idle)).values]).toEqual([7]);
    expect((await sliceOf(await stored(float32([0, 4], [])), query(), idle)).values).toHaveLength(0);
  });

  it('keeps every digit of 64-bit integers', async () => {
    const data = await stored(tensor('I64', [1, 2], BigInt64Array.of(-9_007_199_254_740_993n, 1n)));
    expect((await sliceOf(data, query(), idle)).texts).toEqual(['-9007199254740993', '1']);
  });

  it('shows both parts of complex numbers', async () => {
    const data = await stored(tensor('C64', [2, 1], Float32Array.of(1, 2, 3, 4)));
    expect([...(await sliceOf(data, query({ row: 1 }), idle)).values]).toEqual([3, 4]);
  });
});
