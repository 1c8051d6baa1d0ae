import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GridIndex } from '../../../../webview/latent/maths/gridIndex';
import { interpolate, slerp } from '../../../../webview/latent/maths/interpolate';
import { boxBetween, insidePolygon, pointsInside } from '../../../../webview/latent/maths/lasso';
import { manifoldGrid, normalQuantile } from '../../../../webview/latent/maths/normal';
import { meanVector, nearestRows, vectors } from '../../../../webview/latent/maths/vectors';
import { weightedLatent } from '../../../../webview/latent/maths/weightedLatents';
import { farthest, goldenArray } from './golden';

const coordinate = fc.double({ min: -100, max: 100, noNaN: true });
const positions = fc.array(coordinate, { minLength: 2, maxLength: 400 }).map((all) => {
  return Float32Array.from(all.slice(0, all.length - (all.length % 2)));
});

describe('the normal quantile', () => {
  it('is SciPy’s', () => {
    const ours = goldenArray('probabilities').map(normalQuantile);
    expect(farthest(ours, goldenArray('quantiles'))).toBeLessThan(1e-12);
  });

  it('is infinite at the ends and no number outside', () => {
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(-0.1), normalQuantile(NaN)]).toEqual([
      -Infinity,
      Infinity,
      NaN,
      NaN,
    ]);
  });

  it('spaces a manifold grid: large z₁ on top, small z₀ left, the middle at the prior’s mean', () => {
    const grid = manifoldGrid(3, [0, 0, 7], 0, 1);
    expect(grid[0]![0]).toBeLessThan(0);
    expect(grid[0]![1]).toBeGreaterThan(0);
    expect(grid[4]).toEqual([0, 0, 7]);
    expect(grid[8]).toEqual([-grid[0]![0]!, -grid[0]![1]!, 7]);
  });

  it('spaces a grid by the codes’ own scale where there is no prior', () => {
    const grid = manifoldGrid(3, [0, 0, 7], 0, 1, [
      { mean: 10, deviation: 2 },
      { mean: -5, deviation: 0.1 },
    ]);
    expect(grid[4]).toEqual([10, -5, 7]);
    expect(grid[2]![0]).toBeCloseTo(10 + 2 * normalQuantile(5 / 6), 12);
    expect(grid[2]![1]).toBeCloseTo(-5 + 0.1 * normalQuantile(5 / 6), 12);
  });
});

describe('interpolation', () => {
  const vector = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 });

  it('begins and ends at what is given', () => {
    fc.assert(
      fc.property(vector, vector, fc.constantFrom('linear' as const, 'spherical' as const), (a, b, path) => {
        const way = interpolate(a, b, 5, path);
        expect(farthest(way[0]!, a)).toBeLessThan(1e-6);
        expect(farthest(way[4]!, b)).toBeLessThan(1e-6);
      }),
    );
  });

  it('stays on the sphere of two vectors of the same length, at equal angles', () => {
    const way = interpolate([2, 0], [0, 2], 4, 'spherical');
    way.forEach((point, i) => {
      expect(Math.hypot(...point)).toBeCloseTo(2, 12);
      expect(Math.atan2(point[1]!, point[0]!)).toBeCloseTo((i * Math.PI) / 6, 12);
    });
  });

  it('is White’s formula for vectors of the same length', () => {
    const direction = fc
      .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
      .filter((each) => Math.hypot(...each) > 0.1);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(direction, direction, share, (from, to, t) => {
        const [a, b] = [from, to].map((each) => each.map((value) => (3 * value) / Math.hypot(...each))) as [
          number[],
          number[],
        ];
        const angle = Math.acos(a.reduce((sum, value, d) => sum + value * b[d]!, 0) / 9);
        fc.pre(angle > 0.01 && angle < Math.PI - 0.01);
        const white = a.map(
          (value, d) => (Math.sin((1 - t) * angle) * value + Math.sin(t * angle) * b[d]!) / Math.sin(angle),
        );
        expect(farthest(slerp(a, b, t), white)).toBeLessThan(1e-8);
      }),
    );
  });

  it('keeps the length between those of its ends, however near they are to antipodal', () => {
    const angles = [3, 3.14, 3.14159, 3.14159265, Math.PI];
    for (const angle of angles) {
      const b = [2 * Math.cos(angle), 2 * Math.sin(angle)];
      for (const t of [0.1, 0.5, 0.9]) expect(Math.hypot(...slerp([1, 0], b, t))).toBeCloseTo(1 + t, 6);
    }
  });

  it('takes a fixed half circle between antipodal vectors, which determine none', () => {
    expect(farthest(slerp([2, 0, 0], [-2, 0, 0], 0.5), [0, 2, 0])).toBeLessThan(1e-12);
    const way = interpolate([2, 1, -3], [-2, -1, 3], 9, 'spherical');
    for (const point of way) expect(Math.hypot(...point)).toBeCloseTo(Math.hypot(2, 1, 3), 10);
    const between = (i: number) => way[i]!.reduce((sum, value, d) => sum + value * way[i + 1]![d]!, 0) / 14;
    for (let i = 0; i < 8; i++) expect(Math.acos(between(i))).toBeCloseTo(Math.PI / 8, 8);
  });

  it('goes straight where there is no circle: parallel, from the origin, or on a line', () => {
    expect(slerp([1], [-1], 0.5)).toEqual([0]);
    expect(slerp([0, 0], [0, 0], 0.5)).toEqual([0, 0]);
    expect(slerp([0, 0], [2, 2], 0.25)).toEqual([0.5, 0.5]);
    expect(slerp([1, 1], [2, 2], 0.5)).toEqual([1.5, 1.5]);
  });
});

describe('the grid index', () => {
  it('finds the nearest points of any set, as a search through all does', () => {
    fc.assert(
      fc.property(positions, coordinate, coordinate, fc.integer({ min: 1, max: 7 }), (points, x, y, count) => {
        const found = new GridIndex(points).nearestTo(x, y, count);
        const wanted = Array.from({ length: points.length / 2 }, (_, i) =>
          Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y),
        ).sort((a, b) => a - b);
        expect(found.map(({ distance }) => distance)).toEqual(wanted.slice(0, count));
      }),
    );
  });

  it('leaves out what is hidden, not finite or too far', () => {
    const index = new GridIndex(Float32Array.from([0, 0, 1, 0, NaN, 0, 5, 0]), (i) => i !== 1);
    expect(index.nearest(1, 0)).toEqual({ index: 0, distance: 1 });
    expect(index.nearest(2.4, 0, 1)).toBeUndefined();
    expect(index.nearestTo(1, 0, 9).map(({ index }) => index)).toEqual([0, 3]);
    expect(new GridIndex(new Float32Array(0)).nearest(0, 0)).toBeUndefined();
  });
});

describe('the lasso', () => {
  it('takes what is inside of a concave outline', () => {
    const arrow = [
      { x: 0, y: 0 },
      { x: 4, y: 0 },
      { x: 2, y: 1 },
      { x: 2, y: 4 },
    ];
    expect(insidePolygon(arrow, 2, 0.5)).toBe(true);
    expect(insidePolygon(arrow, 3.5, 1)).toBe(false);
    expect(pointsInside(Float32Array.from([2, 0.5, 3.5, 1, 1.5, 2]), arrow)).toEqual([0, 2]);
  });

  it('takes as a box exactly what lies between its sides', () => {
    fc.assert(
      fc.property(positions, coordinate, coordinate, coordinate, coordinate, (points, x1, y1, x2, y2) => {
        const found = new Set(pointsInside(points, boxBetween({ x: x1, y: y1 }, { x: x2, y: y2 })));
        for (let i = 0; i < points.length / 2; i++) {
          const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
          if (x > Math.min(x1, x2) && x < Math.max(x1, x2) && y > Math.min(y1, y2) && y < Math.max(y1, y2)) {
            expect(found.has(i)).toBe(true);
          } else if (x < Math.min(x1, x2) || x > Math.max(x1, x2) || y < Math.min(y1, y2) || y > Math.max(y1, y2)) {
            expect(found.has(i)).toBe(false);
          }
        }
      }),
    );
  });

  it('takes nothing with a line', () => {
    expect(
      pointsInside(Float32Array.from([0, 0]), [
        { x: -1, y: 0 },
        { x: 1, y: 0 },
      ]),
    ).toEqual([]);
  });
});

describe('latents near a place', () => {
  const latents = vectors(Float32Array.from([0, 0, 10, 20, 4, 4]), 2);

  it('weigh by the inverse square of their distance', () => {
    const near = [
      { index: 0, distance: 1 },
      { index: 1, distance: 2 },
    ];
    expect(farthest(weightedLatent(latents, near), [2, 4])).toBeLessThan(1e-12);
  });

  it('are the point’s own where there is one', () => {
    expect(
      weightedLatent(latents, [
        { index: 1, distance: 0 },
        { index: 0, distance: 1 },
      ]),
    ).toEqual([10, 20]);
  });

  it('are ranked by distance, without those that are skipped', () => {
    const ranked = nearestRows(latents, [0, 0], 2, (index) => index === 0);
    expect(ranked.map(({ index }) => index)).toEqual([2, 1]);
    expect(ranked[0]!.distance).toBeCloseTo(Math.sqrt(32), 6);
  });

  it('have a mean, of all or of some', () => {
    expect([...meanVector(latents, [0, 2])]).toEqual([2, 2]);
    expect([...meanVector(latents, [])]).toEqual([0, 0]);
  });
});
