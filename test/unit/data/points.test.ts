import { describe, expect, it } from 'vitest';
import { loadDataset, type Dataset } from '../../../src/data';
import { dataSchema, type DataSpecification } from '../../../src/protocol/dataSpecification';
import { valuesOf } from '../support/valuesOf';

type Input = Partial<DataSpecification> & Pick<DataSpecification, 'set'>;

const load = (input: Input) => loadDataset(dataSchema.parse(input), { base: '.', assets: 'nowhere' });

/** Mean and standard deviation along each axis of the test points with a label. */
function spread({ test }: Dataset, label: number) {
  const rows = [...test.labels!.keys()].filter((row) => test.labels![row] === label);
  return [0, 1].map((axis) => {
    const values = rows.map((row) => valuesOf(test)[2 * row + axis]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance), count: values.length };
  });
}

describe('points on a plane', () => {
  it('are a ring of eight Gaussians of deviation 0.02 on a circle of radius 2, equally likely', async () => {
    const ring = await load({ set: 'ring' });
    expect(ring.shape).toEqual({ kind: 'points', size: 2 });
    expect([ring.train.count, ring.test.count]).toEqual([50_000, 10_000]);
    expect(new Set(ring.test.labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    for (let mode = 0; mode < 8; mode++) {
      const [x, y] = spread(ring, mode);
      expect(x!.mean).toBeCloseTo(2 * Math.cos((mode * Math.PI) / 4), 2);
      expect(y!.mean).toBeCloseTo(2 * Math.sin((mode * Math.PI) / 4), 2);
      for (const { deviation, count } of [x!, y!]) {
        expect(deviation).toBeCloseTo(0.02, 2);
        // Five standard deviations of a count of 10,000 draws with probability 1/8.
        expect(Math.abs(count - 1250)).toBeLessThan(5 * Math.sqrt((10_000 * 7) / 64));
      }
    }
  });

  it('are a square grid of Gaussians, two apart and around the origin', async () => {
    const grid = await load({ set: 'grid', modes: 9, deviation: 0.1 });
    const centers = Array.from({ length: 9 }, (_, mode) => spread(grid, mode).map(({ mean }) => Math.round(mean) + 0));
    expect(centers).toEqual([-2, 0, 2].flatMap((y) => [-2, 0, 2].map((x) => [x, y])));
    for (const { deviation } of spread(grid, 4)) expect(deviation).toBeCloseTo(0.1, 2);
  });

  it('are a spiral that turns outwards, without labels', async () => {
    const { test } = await load({ set: 'swissRoll', deviation: 0 });
    expect(test.labels).toBeUndefined();
    const radii = Array.from({ length: test.count }, (_, row) =>
      Math.hypot(valuesOf(test)[2 * row]!, valuesOf(test)[2 * row + 1]!),
    );
    for (const [row, radius] of radii.entries()) {
      const t = radius * 4.5 * Math.PI;
      expect(valuesOf(test)[2 * row]).toBeCloseTo(radius * Math.cos(t), 4);
    }
    expect(Math.min(...radii)).toBeCloseTo(1 / 3, 2);
    expect(Math.max(...radii)).toBeCloseTo(1, 2);
  });

  it('are a Gaussian of the covariance W Wᵀ + σ² I, whose density has the entropy that is documented', async () => {
    const { train, test } = await load({ set: 'linearGaussian' });
    expect([train.labels, test.labels]).toEqual([undefined, undefined]);
    const values = Float32Array.from(valuesOf(train));
    const count = train.count;
    const mean = [0, 1].map((axis) => values.reduce((sum, v, i) => sum + (i % 2 === axis ? v : 0), 0) / count);
    const covariance = (a: number, b: number) => {
      let sum = 0;
      for (let row = 0; row < count; row++)
        sum += (values[2 * row + a]! - mean[a]!) * (values[2 * row + b]! - mean[b]!);
      return sum / count;
    };
    // Standard errors of 50,000 draws are below 0.01.
    for (const [axis, expected] of [0.5, -0.5].entries()) expect(Math.abs(mean[axis]! - expected)).toBeLessThan(0.02);
    expect(Math.abs(covariance(0, 0) - 1.53)).toBeLessThan(0.04);
    expect(Math.abs(covariance(0, 1) - 0.72)).toBeLessThan(0.02);
    expect(Math.abs(covariance(1, 1) - 0.45)).toBeLessThan(0.012);
    // −E log N(x; μ, Σ) over the test points, from the inverse of Σ = [[1.53, 0.72], [0.72, 0.45]]; docs/models.md says 1.952.
    const determinant = 1.53 * 0.45 - 0.72 ** 2;
    let sum = 0;
    for (let row = 0; row < test.count; row++) {
      const [x, y] = [valuesOf(test)[2 * row]! - 0.5, valuesOf(test)[2 * row + 1]! + 0.5];
      const form = (0.45 * x * x - 2 * 0.72 * x * y + 1.53 * y * y) / determinant;
      sum += 0.5 * form + Math.log(2 * Math.PI) + 0.5 * Math.log(determinant);
    }
    expect(Math.abs(sum / test.count - 1.952)).toBeLessThan(0.05);
  });

  it('follow a line where a linear Gaussian has no noise', async () => {
    const { test } = await load({ set: 'linearGaussian', deviation: 0 });
    for (let row = 0; row < test.count; row++) {
      const [x, y] = valuesOf(test).subarray(2 * row, 2 * row + 2);
      expect(y! + 0.5).toBeCloseTo((x! - 0.5) / 2, 4);
    }
  });

  it.each([
    ['ring', 1],
    ['ring', 3],
    ['ring', 256],
    ['grid', 4],
    ['grid', 256],
  ] as const)('are a %s of as many Gaussians as the specification says: %i', async (set, modes) => {
    const { train } = await load({ set, modes });
    expect(new Set(train.labels).size).toBe(modes);
  });

  it('are the same at each start, apart for training and test, and limited as images are', async () => {
    const [first, second] = [await load({ set: 'ring' }), await load({ set: 'ring', limit: 3 })];
    expect([...valuesOf(second.train)]).toEqual([...valuesOf(first.train).subarray(0, 6)]);
    expect([...second.train.labels!]).toEqual([...first.train.labels!.subarray(0, 3)]);
    expect(valuesOf(first.test).subarray(0, 6)).not.toEqual(valuesOf(first.train).subarray(0, 6));
  });

  it('are refused where modes do not fit, and where they are to be binarized', async () => {
    await expect(load({ set: 'grid', modes: 24 })).rejects.toThrow('There is no grid of 24 modes.');
    await expect(load({ set: 'ring', modes: 300 })).rejects.toThrow('There is no ring of 300 modes.');
    await expect(load({ set: 'ring', binarization: 'dynamic' })).rejects.toThrow('Points cannot be binarized.');
  });
});
