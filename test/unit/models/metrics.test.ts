import { describe, expect, it } from 'vitest';
import { makePoints } from '../../../src/data/points';
import { bitsPerDimension } from '../../../src/models/metrics';
import { modeCoverage } from '../../../src/models/modeCoverage';

describe('how samples cover modes', () => {
  const { train, test } = makePoints({ set: 'ring', binarization: 'none', modes: 8 });
  const COUNT = 2500;
  const { samples, finish } = modeCoverage(2);
  const first = (values: Uint8Array | Float32Array) => Float32Array.from(values.subarray(0, 2 * COUNT));
  const points = first(test.values);
  const labels = Int32Array.from(test.labels!.subarray(0, COUNT));
  const centered = (at: (row: number) => number, offset = 0) =>
    Float32Array.from({ length: 2 * COUNT }, (_, i) => {
      const angle = (2 * Math.PI * at(Math.floor(i / 2))) / 8;
      return (2 + offset) * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
    });

  it('is all of them with the 1 − exp(−9/2) of a Gaussian within three standard deviations, for other data', () => {
    expect(samples).toBe(COUNT);
    const found = finish(first(train.values), points, labels);
    expect(found['test/modes_covered']).toBe(8);
    expect(Math.abs(found['test/high_quality']! - (1 - Math.exp(-4.5)))).toBeLessThan(0.01);
  });

  it('counts modes by the samples near them, not between them, and those that collapse', () => {
    const collapsed = finish(
      centered((row) => row % 3),
      points,
      labels,
    );
    expect(collapsed).toEqual({ 'test/modes_covered': 3, 'test/high_quality': 1 });
    expect(
      finish(
        centered(() => 0.5),
        points,
        labels,
      ),
    ).toEqual({ 'test/modes_covered': 0, 'test/high_quality': 0 });
    const [near, far] = [0.055, 0.065].map((offset) =>
      finish(
        centered(() => 2, offset),
        points,
        labels,
      ),
    );
    expect([near!['test/high_quality'], far!['test/high_quality']]).toEqual([1, 0]);
  });

  it('takes samples that are not numbers for none, and knows no modes without labels', () => {
    const broken = new Float32Array(2 * COUNT).fill(NaN);
    expect(finish(broken, points, labels)).toEqual({ 'test/modes_covered': 0, 'test/high_quality': 0 });
    expect(finish(points, points, undefined)).toEqual({});
  });
});

it('bits per dimension are nats over the numbers of an example and log 2', () => {
  const means = new Map([['nll', { shape: [], values: Float64Array.of(64 * Math.LN2) }]]);
  expect(bitsPerDimension('nll', 64)(means)).toEqual({ 'test/bits_per_dimension': 1 });
});
