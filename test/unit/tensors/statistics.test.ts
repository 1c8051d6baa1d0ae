import { describe, expect, it } from 'vitest';
import { statisticsOf } from '../../../src/tensors/statistics';
import { float32, idle, stored, tensor } from './support';

const of = async (data: Parameters<typeof stored>[0]) => statisticsOf(await stored(data), idle);

describe('statistics of a tensor', () => {
  it('are those of its finite values; the others are counted', async () => {
    const found = await of(float32([2, 4], [1, 2, 0, -3, NaN, Infinity, -Infinity, 0]));
    expect(found).toMatchObject({ elements: 8, minimum: -3, maximum: 2, mean: 0, zeros: 2, nan: 1, infinite: 2 });
    expect(found.deviation).toBeCloseTo(Math.sqrt(14 / 5), 12);
    expect(found.norm).toBeCloseTo(Math.sqrt(14), 12);
    expect(found.counts.reduce((sum, count) => sum + count)).toBe(5);
    expect([found.counts[0], found.counts.at(-1)]).toEqual([1, 1]);
  });

  it('keep the digits of a deviation far below the mean', async () => {
    const values = Float64Array.from({ length: 10_000 }, (_, i) => 1e9 + (i % 2));
    expect((await of(tensor('F64', [10_000], values))).deviation).toBeCloseTo(0.5, 9);
  });

  it('keep the digits of norm and deviation beside one value that is far out', async () => {
    const count = 2_000_000;
    const values = Float64Array.from({ length: count }, (_, i) => (i === 0 ? 1e5 : i % 2 === 0 ? 1e-3 : -1e-3));
    const { norm, deviation } = await of(tensor('F64', [count], values));
    const squares = 1e10 + (count - 1) * 1e-6;
    expect(Math.abs(norm! / Math.sqrt(squares) - 1)).toBeLessThan(1e-12);
    const mean = (1e5 - 1e-3) / count;
    expect(Math.abs(deviation! / Math.sqrt(squares / count - mean * mean) - 1)).toBeLessThan(1e-12);
  });

  it('tell how far they are with a tensor of several parts', async () => {
    const shares: number[] = [];
    const large = await stored(float32([2_500_000], new Float32Array(2_500_000)));
    await statisticsOf(large, idle, (done) => shares.push(done));
    expect(shares.length).toBeGreaterThan(3);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    expect(shares.at(-1)).toBe(1);
    await statisticsOf(await stored(float32([2], [1, 2])), idle, () => expect.fail('it is read at once'));
  });

  it('are those of all of a tensor that is read in many parts', async () => {
    const count = 2_500_001;
    const found = await of(
      float32(
        [count],
        Float32Array.from({ length: count }, (_, i) => i % 1000),
      ),
    );
    expect(found).toMatchObject({ elements: count, minimum: 0, maximum: 999, zeros: 2501 });
    expect(found.mean).toBeCloseTo((2500 * 499_500) / count, 9);
    expect(found.counts.reduce((sum, each) => sum + each)).toBe(count);
  });

  it('say that nothing is finite', async () => {
    const found = await of(float32([2], [NaN, Infinity]));
    expect(found).toMatchObject({ minimum: null, maximum: null, mean: null, nan: 1, infinite: 1 });
    expect(found.counts).toHaveLength(0);
    expect(await of(float32([0], []))).toMatchObject({ elements: 0, norm: 0 });
  });

  it('hold for one value, and for the whole range of doubles', async () => {
    const same = await of(float32([3], [2, 2, 2]));
    expect(same).toMatchObject({ minimum: 2, maximum: 2, deviation: 0 });
    expect(same.counts.reduce((sum, each) => sum + each)).toBe(3);
    const extremes = Float64Array.of(-Number.MAX_VALUE, 0, Number.MAX_VALUE);
    const { counts } = await of(tensor('F64', [3], extremes));
    expect([counts[0], counts[32], counts[63]]).toEqual([1, 1, 1]);
  });

  it('end when they are cancelled', async () => {
    const controller = new AbortController();
    const asked = statisticsOf(await stored(float32([3_000_000], new Float32Array(3_000_000))), controller.signal);
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });
});
