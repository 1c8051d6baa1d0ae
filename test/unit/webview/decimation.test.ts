import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimator, type DecimationInput } from '../../../webview/shared/decimation';

function thin(ys: readonly number[], change: Partial<DecimationInput> = {}) {
  const xs = change.xs ?? Float64Array.from(ys, (_, i) => i);
  return new Decimator().run({
    xs,
    ys: Float64Array.from(ys),
    offset: 0,
    scale: 1,
    minimum: 0,
    maximum: Math.max(1, ys.length - 1),
    pixels: 100,
    positiveOnly: false,
    ...change,
  });
}

const value = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(NaN) },
);

describe('thinning a curve to its pixels', () => {
  it('keeps a spike of one step among a million', () => {
    const ys = new Float64Array(1_000_000).fill(1);
    ys[777_777] = 1000;
    const { y, highest } = thin([], { xs: Float64Array.from(ys, (_, i) => i), ys, maximum: 999_999, pixels: 300 });
    expect(y.includes(1000)).toBe(true);
    expect(highest).toBe(1000);
    expect(y.length).toBeLessThanOrEqual(6 * 301);
  });

  it('shows in every pixel column the same first, lowest, highest and last value as all points do', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (ys, pixels) => {
        // Between whole numbers, so that no point lies on the border of two columns, where rounding decides.
        const xs = Float64Array.from(ys, (_, i) => i + 0.37);
        const { x, y } = thin(ys, { pixels, xs, maximum: ys.length });
        const column = (at: number) => Math.floor((at * pixels) / ys.length);
        const summary = (points: { at: number; value: number }[]) => {
          const columns = new Map<number, number[]>();
          for (const point of points) {
            if (!Number.isNaN(point.value))
              columns.set(column(point.at), [...(columns.get(column(point.at)) ?? []), point.value]);
          }
          return [...columns].map(([key, all]) => [
            key,
            all[0],
            Math.min(...all),
            Math.max(...all),
            all[all.length - 1],
          ]);
        };
        expect(summary([...x].map((at, i) => ({ at, value: y[i]! })))).toEqual(
          summary(ys.map((each, i) => ({ at: i + 0.37, value: each }))),
        );
      }),
    );
  });

  it('never gives out more than six points a pixel column, whatever the gaps', () => {
    const ys = Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? i : NaN));
    expect(thin(ys, { pixels: 50 }).y.length).toBeLessThanOrEqual(6 * 51);
  });

  it('breaks the line where values are not finite, and joins no points across', () => {
    const { x, y } = thin([1, 2, NaN, Infinity, 5, 6]);
    expect([...y]).toEqual([1, 2, NaN, 5, 6]);
    expect(x[2]).toBeGreaterThan(1);
  });

  it('takes what is not positive for a gap on a logarithmic scale', () => {
    const { y, lowest } = thin([3, 0, -1, 2], { positiveOnly: true });
    expect([...y]).toEqual([3, NaN, 2]);
    expect(lowest).toBe(2);
  });

  it('keeps one neighbor outside the visible range, so that the line reaches the edge, and leaves it out of the range of values', () => {
    const { x, lowest, highest } = thin([0, 10, 20, 30, 40, 50], { minimum: 2.5, maximum: 3.5 });
    expect([...x]).toEqual([2, 3, 4]);
    expect([lowest, highest]).toEqual([30, 30]);
  });

  it('moves and scales the x axis', () => {
    const { x } = thin([1, 2, 3], {
      xs: Float64Array.of(100, 102, 104),
      offset: 100,
      scale: 0.5,
      minimum: 0,
      maximum: 2,
    });
    expect([...x]).toEqual([0, 1, 2]);
  });

  it('gives nothing for no points', () => {
    expect(thin([]).x.length).toBe(0);
  });
});
