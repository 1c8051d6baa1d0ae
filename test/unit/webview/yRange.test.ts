import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { departures, robustBounds, unite } from '../../../webview/shared/yRange';

const line = (values: readonly number[]) => ({
  x: Float64Array.from(values, (_, i) => i),
  y: Float64Array.from(values),
  lowest: Math.min(...values.filter(Number.isFinite)),
  highest: Math.max(...values.filter(Number.isFinite)),
});
const all = (values: readonly number[]) => ({ minimum: 0, maximum: values.length - 1 });
const bounds = (values: readonly number[], visible = all(values)) => robustBounds(line(values), all(values), visible);

/** A curve as of a VAE: it falls from 540 and ends near 105. */
const falling = Array.from({ length: 470 }, (_, i) => 105 + 435 * Math.exp(-i / 8) + Math.sin(i));

describe('the vertical range by default', () => {
  it('begins after the first two per cent of a curve', () => {
    const { lowest, highest } = bounds(falling);
    expect(lowest).toBeCloseTo(Math.min(...falling), 6);
    expect(highest).toBeLessThan(falling[9]!);
  });

  it('leaves a spike out, and what is near the rest in', () => {
    const spiked = falling.map((value, i) => (i === 300 ? 5000 : i === 200 ? 112 : value));
    expect(bounds(spiked).highest).toBeLessThan(540);
    expect(bounds(spiked).highest).toBeGreaterThanOrEqual(112);
  });

  it('holds every point where there are few', () => {
    expect(bounds([9, 3, 2, 50, 1])).toEqual({ lowest: 1, highest: 50 });
    expect(bounds([300, 3, 2, 50, 1])).toEqual({ lowest: 1, highest: 300 });
    expect(bounds([2, 1])).toEqual({ lowest: 1, highest: 2 });
  });

  it('is that of the beginning where somebody has zoomed into it', () => {
    expect(bounds(falling, { minimum: 0, maximum: 3 }).highest).toBe(540);
  });

  it('lies inside of what there is and is never empty, whatever the values', () => {
    const value = fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.constant(NaN));
    fc.assert(
      fc.property(fc.array(value, { minLength: 3, maxLength: 300 }), (values) => {
        fc.pre(values.some(Number.isFinite));
        const { lowest, highest } = bounds(values);
        expect(lowest).toBeLessThanOrEqual(highest);
        expect(lowest).toBeGreaterThanOrEqual(line(values).lowest);
        expect(highest).toBeLessThanOrEqual(line(values).highest);
      }),
    );
  });

  it('of several curves holds that of each', () => {
    expect(
      unite([
        { lowest: 1, highest: 5 },
        { lowest: 3, highest: 9 },
      ]),
    ).toEqual({ lowest: 1, highest: 9 });
  });
});

describe('the places where a curve leaves the range', () => {
  const range = { minimum: 0, maximum: 10 };

  it('are all said, each with its farthest value', () => {
    const values = [50, 5, 5, 5, -3, 5, 20, 5, 5];
    expect(departures(line(values), all(values), range, 1)).toEqual([
      { x: 0, value: 50, above: true },
      { x: 4, value: -3, above: false },
      { x: 6, value: 20, above: true },
    ]);
  });

  it('count as one where they lie too close to be told apart', () => {
    const values = [5, 20, 5, 30, 5];
    expect(departures(line(values), all(values), range, 2)).toEqual([{ x: 3, value: 30, above: true }]);
  });

  it('never miss a value outside: its mark is within reach', () => {
    const values = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 5 }), (ys, spacing) => {
        const found = departures(line(ys), all(ys), range, spacing);
        const outside = ys.some((y) => y > range.maximum || y < range.minimum);
        expect(found.length > 0).toBe(outside);
        const highest = Math.max(...ys);
        if (highest > range.maximum) expect(found.some(({ value }) => value === highest)).toBe(true);
      }),
    );
  });
});
