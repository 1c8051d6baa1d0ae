import { describe, expect, it } from 'vitest';
import { sampleDiversity } from '../../../src/models/diversity';
import { DIVERSITY_METRIC } from '../../../src/protocol/sampleMetrics';
import { normals } from '../../../src/engine/random/philox';

const { samples: COUNT, finish } = sampleDiversity;
const diversity = (samples: Float32Array, test: Float32Array) => finish(samples, test, undefined)[DIVERSITY_METRIC]!;
/** [COUNT, size] */
const drawn = (size: number, seed: number, deviation = 1) =>
  normals(COUNT * size, seed, 0, 0).map((value) => value * deviation);

describe('the diversity of samples', () => {
  it('is 1 for the data themselves, and about 1 for other draws of their distribution', () => {
    const data = drawn(8, 1);
    expect(diversity(data, data)).toBe(1);
    expect(diversity(drawn(8, 2), data)).toBeCloseTo(1, 1);
  });

  it('scales with the distances, whatever the data are', () => {
    const data = drawn(3, 1);
    expect(
      diversity(
        data.map((value) => value / 4 + 7),
        data,
      ),
    ).toBeCloseTo(0.25, 4);
  });

  it('is 0 for one sample again and again, and close to it for a few that repeat', () => {
    const data = drawn(8, 1);
    expect(diversity(new Float32Array(COUNT * 8).fill(3), data)).toBe(0);
    const noise = drawn(8, 2, 0.01);
    const five = noise.map((value, i) => value + data[i % (5 * 8)]!);
    expect(diversity(five, data)).toBeLessThan(0.05);
  });

  it('does not take the repetition of a small test set for likeness', () => {
    const few = Float32Array.from({ length: COUNT }, (_, i) => i % 4);
    expect(
      diversity(
        Float32Array.from({ length: COUNT }, (_, i) => i),
        few,
      ),
    ).toBe(1);
  });

  it('stays a number where data do not differ at all', () => {
    expect(diversity(drawn(2, 1), new Float32Array(COUNT * 2))).toBe(1);
  });

  it('of large examples is measured on a part of their numbers, with the same result', () => {
    const data = drawn(4096, 1);
    expect(diversity(drawn(4096, 2, 0.5), data)).toBeCloseTo(0.5, 1);
  });
});
