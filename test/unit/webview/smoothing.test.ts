import { describe, expect, it } from 'vitest';
import { Smoother } from '../../../webview/shared/smoothing';

/** The rule as TensorBoard states it, written out. */
function reference(values: readonly number[], weight: number): number[] {
  let mean = 0;
  let count = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return NaN;
    mean = mean * weight + (1 - weight) * value;
    count++;
    return mean / (1 - weight ** count);
  });
}

const values = Array.from({ length: 200 }, (_, i) => 100 * Math.exp(-i / 40) + (i % 7) - 3);

describe('smoothing', () => {
  it('starts at the first value and not near zero', () => {
    expect(new Smoother().update(Float64Array.of(540, 400), 0, 0.99)[0]).toBeCloseTo(540, 9);
  });

  it.each([0.1, 0.6, 0.99])('follows the debiased moving average for weight %f', (weight) => {
    const smooth = new Smoother().update(Float64Array.from(values), 0, weight);
    reference(values, weight).forEach((value, i) => expect(smooth[i]).toBeCloseTo(value, 9));
  });

  it('gives the same for a curve that grew as for one that came whole', () => {
    const smoother = new Smoother();
    for (const length of [1, 2, 50, 51, 200])
      smoother.update(Float64Array.from(values.slice(0, length)), Infinity, 0.8);
    const grown = smoother.update(Float64Array.from(values), Infinity, 0.8);
    expect([...grown]).toEqual([...new Smoother().update(Float64Array.from(values), 0, 0.8)]);
  });

  it('starts over where a resumed run replaced points that were smoothed already', () => {
    const smoother = new Smoother();
    smoother.update(Float64Array.from(values), 0, 0.8);
    const replaced = [...values.slice(0, 100), 7, 8, 9];
    const smooth = smoother.update(Float64Array.from(replaced), 100, 0.8);
    reference(replaced, 0.8).forEach((value, i) => expect(smooth[i]).toBeCloseTo(value, 9));
  });

  it('starts over for another weight', () => {
    const smoother = new Smoother();
    smoother.update(Float64Array.from(values), 0, 0.2);
    const smooth = smoother.update(Float64Array.from(values), Infinity, 0.9);
    expect(smooth[199]).toBeCloseTo(reference(values, 0.9)[199]!, 9);
  });

  it('leaves a gap for what is not finite and is not poisoned by it', () => {
    const smooth = new Smoother().update(Float64Array.of(1, NaN, Infinity, 1), 0, 0.5);
    expect([...smooth]).toEqual([1, NaN, NaN, 1]);
  });
});
