import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramOf } from '../../../../src/formats/tfevents';
import { extentOf, meanOf, quantileOf, sharesOf, totalOf } from '../../../../webview/run/panels/distribution';
import { steadied } from '../../../../webview/run/panels/interval';

const samples = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e4, max: 1e4 }), { minLength: 1 });

describe('sharesOf', () => {
  it('shares all values out to the bins, whatever buckets they were counted in', () => {
    fc.assert(
      fc.property(
        samples,
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 90 }),
        (values, buckets, count) => {
          const sample = histogramOf(Float32Array.from(values), buckets);
          const { lowest, highest } = extentOf(sample)!;
          const shares = sharesOf(sample, { lowest: lowest - 1, highest: highest + 1, count });
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
          expect(totalOf(sample)).toBe(values.length);
        },
      ),
    );
  });

  it('puts each value where it lies', () => {
    const sample = { limits: Float64Array.of(0, 1, 3), counts: Float64Array.of(1, 3) };
    expect([...sharesOf(sample, { lowest: 0, highest: 4, count: 4 })]).toEqual([0.25, 0.375, 0.375, 0]);
    expect(meanOf(sample)).toBe((0.5 + 3 * 2) / 4);
    expect([0, 0.25, 0.625, 1].map((share) => quantileOf(sample, share))).toEqual([0, 1, 2, 3]);
  });

  it('takes a bucket without width as one place, and passes over what is no number', () => {
    const single = { limits: Float64Array.of(2, 2), counts: Float64Array.of(5) };
    expect([...sharesOf(single, { lowest: 0, highest: 4, count: 4 })]).toEqual([0, 0, 1, 0]);
    const broken = { limits: Float64Array.of(NaN, 1, Infinity), counts: Float64Array.of(1, 2) };
    expect(totalOf(broken)).toBe(0);
    expect(extentOf(broken)).toBeUndefined();
    expect([...sharesOf(broken, { lowest: 0, highest: 1, count: 2 })]).toEqual([0, 0]);
    expect(quantileOf(broken, 0.5)).toBeNaN();
  });
});

describe('steadied', () => {
  it('always has room for what is shown, and not far too much', () => {
    const range = fc
      .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }))
      .map(([lowest, width]) => ({ lowest, highest: lowest + width }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), (needs) => {
        let shown = steadied(undefined, needs[0]!);
        for (const needed of needs) {
          shown = steadied(shown, needed);
          expect(shown.lowest).toBeLessThanOrEqual(needed.lowest);
          expect(shown.highest).toBeGreaterThanOrEqual(needed.highest);
          expect((needed.highest - needed.lowest) / (shown.highest - shown.lowest)).toBeGreaterThan(0.29);
        }
      }),
    );
  });

  it('stands still while what is shown fits', () => {
    const shown = steadied(undefined, { lowest: 0, highest: 10 });
    expect(steadied(shown, { lowest: 2, highest: 9 })).toBe(shown);
    expect(steadied(shown, { lowest: 2, highest: 3 })).not.toBe(shown);
  });

  it('gives equal and enormous values a range, too', () => {
    expect(steadied(undefined, { lowest: 3, highest: 3 })).toEqual({ lowest: 2.5, highest: 3.5 });
    const enormous = steadied(undefined, { lowest: -1.7e308, highest: 1.7e308 });
    expect(Number.isFinite(enormous.highest - enormous.lowest)).toBe(true);
  });
});
