import { describe, expect, it } from 'vitest';
import { tileLayouts } from '../../../src/common/tileLayout';
import { tilesOf } from '../../../src/tensors/tiles';
import { float32, idle, stored } from './support';

const counted = (shape: readonly number[]) =>
  float32(
    shape,
    Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => i),
  );
const labels = (shape: readonly number[]) => tileLayouts(shape).map(({ label }) => label);

describe('the pictures of a tensor', () => {
  it('are those of its columns or rows where these have the size of a picture', () => {
    expect(labels([784, 400])).toEqual(['Columns as 28 × 28', 'Rows as 20 × 20', 'The whole, 784 × 400']);
    expect(labels([400, 784])[0]).toBe('Rows as 28 × 28');
    expect(labels([3072, 7])).toEqual(['Columns as 32 × 32 in color', 'The whole, 3072 × 7']);
    expect(labels([7, 5])).toEqual(['The whole, 7 × 5']);
    expect([labels([]), labels([0, 3]), labels([5])]).toEqual([[], [], ['The whole, 1 × 5']]);
  });

  it('are kernels of convolutions, as TensorFlow and as PyTorch lay them out', () => {
    expect(labels([4, 4, 32, 64])).toEqual(['Kernels, 4 × 4', 'All rows, 512 × 64']);
    expect(labels([64, 3, 5, 5])).toEqual(['Kernels in color, 5 × 5', 'Kernels, 5 × 5', 'All rows, 960 × 5']);
    expect(labels([3, 3, 3, 8])[0]).toBe('Kernels in color, 3 × 3');
    // Few of them: it is the square that tells which sizes are those of the kernels.
    expect(labels([3, 3, 1, 8])[0]).toBe('Kernels, 3 × 3');
    expect(labels([8, 1, 3, 3])[0]).toBe('Kernels, 3 × 3');
  });

  it('cut columns out, largest norm first', async () => {
    const columns = await tilesOf(
      await stored(
        float32(
          [16, 2],
          [...Array(16).keys()].flatMap((i) => [1, i]),
        ),
      ),
      { layout: 0, sorted: true },
      idle,
    );
    expect(columns).toMatchObject({ width: 4, height: 4, channels: 1, count: 2, total: 2, scale: 15 });
    expect([...columns.indices]).toEqual([1, 0]);
    expect(columns.norms[1]).toBeCloseTo(4);
    expect([...columns.values.subarray(0, 16)]).toEqual([...Array(16).keys()]);
  });

  it('cut kernels out in either layout', async () => {
    const tensorflow = await tilesOf(await stored(counted([2, 3, 2, 4])), { layout: 0, sorted: false }, idle);
    expect(tensorflow).toMatchObject({ width: 3, height: 2, count: 8 });
    // Kernel of input 1, output 2: elements ((y · 3 + x) · 2 + 1) · 4 + 2.
    expect([...tensorflow.values.subarray(6 * 6, 7 * 6)]).toEqual([6, 14, 22, 30, 38, 46]);
    const pytorch = await tilesOf(await stored(counted([32, 17, 2, 3])), { layout: 0, sorted: false }, idle);
    expect([...pytorch.values.subarray(18 * 6, 19 * 6)]).toEqual([108, 109, 110, 111, 112, 113]);
    const color = await tilesOf(await stored(counted([17, 3, 2, 2])), { layout: 0, sorted: false }, idle);
    expect([...color.values.subarray(0, 12)]).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
  });

  it('thin a large matrix out without losing what stands out', async () => {
    const values = new Float32Array(2048 * 1024);
    values[1024 * 5 + 7] = -9;
    const whole = tileLayouts([2048, 1024]).findIndex(({ label }) => label.startsWith('The whole'));
    const found = await tilesOf(await stored(float32([2048, 1024], values)), { layout: whole, sorted: false }, idle);
    expect(found).toMatchObject({ width: 1024, height: 1024, count: 1, scale: 9 });
    expect(found.values[2 * 1024 + 7]).toBe(-9);
  });

  it('are found among many more than are shown, largest norm first, of equals the first one', async () => {
    const rows = 20_000;
    const values = Float32Array.from({ length: rows * 16 }, (_, i) => (Math.floor(i / 16) * 7919) % 5003);
    const found = await tilesOf(await stored(float32([rows, 16], values)), { layout: 0, sorted: true }, idle);
    const all = Array.from({ length: rows }, (_, row) => row).sort(
      (a, b) => ((b * 7919) % 5003) - ((a * 7919) % 5003) || a - b,
    );
    expect(found).toMatchObject({ total: rows, count: 1024 });
    expect([...found.indices]).toEqual(all.slice(0, 1024));
    expect([...found.values.subarray(16, 32)]).toEqual(Array(16).fill((all[1]! * 7919) % 5003));
  });

  it('are offered only where they and their norms fit into memory and on a screen', () => {
    expect(labels([16_000_000, 16])).toEqual(['The whole, 16000000 × 16']);
    expect(labels([10, 4096 * 4096])).toEqual(['The whole, 10 × 16777216']);
    expect(labels([4096 * 4096])[0]).toBe('The vector as 4096 × 4096');
  });

  it('keep NaN where a large matrix is thinned out', async () => {
    const values = new Float32Array(2048 * 4);
    values.set([NaN, 3]);
    const found = await tilesOf(await stored(float32([2048, 4], values)), { layout: 0, sorted: false }, idle);
    expect(found.height).toBe(1024);
    expect(found.values[0]).toBeNaN();
  });

  it('refuse a layout that there is not', async () => {
    await expect(tilesOf(await stored(counted([7])), { layout: 5, sorted: false }, idle)).rejects.toThrow('no such');
  });
});
