import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directionPair, gridAround, ringAround } from '../../../../webview/latent/maths/neighborhood';
import { seededRandom } from '../../../../webview/latent/maths/random';

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, d) => sum + value * b[d]!, 0);

describe('two directions', () => {
  it('are orthonormal, whichever of them are random', () => {
    const dimension = fc.option(fc.nat(4), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(), dimension, dimension, (seed, first, second) => {
        fc.pre(first === undefined || first !== second);
        const [u, v] = directionPair(5, seededRandom(seed), first, second);
        expect(dot(u, u)).toBeCloseTo(1, 9);
        expect(dot(v, v)).toBeCloseTo(1, 9);
        expect(dot(u, v)).toBeCloseTo(0, 9);
        if (first !== undefined) expect(u[first]).toBe(1);
        if (second !== undefined) expect(v[second]).toBe(1);
      }),
    );
  });

  it('are one where there is no second', () => {
    const [u, v] = directionPair(1, seededRandom(1));
    expect([Math.abs(u[0]!), v]).toEqual([1, [0]]);
    expect(directionPair(3, seededRandom(1), 2, 2)).toEqual([
      [0, 0, 1],
      [0, 0, 0],
    ]);
  });
});

describe('latents around one', () => {
  const plane = [
    [1, 0, 0],
    [0, 0, 1],
  ] as const;

  it('form a grid with it in the middle, whose sides are a radius away', () => {
    const grid = gridAround([5, 6, 7], plane, 2, 3, [1, 1, 0.5]);
    expect(grid).toHaveLength(9);
    expect(grid[4]).toEqual([5, 6, 7]);
    expect(grid[0]).toEqual([3, 6, 8]);
    expect(grid[8]).toEqual([7, 6, 6]);
    expect(gridAround([1], [[1], [0]], 1, 1, [1])).toEqual([[1]]);
  });

  it('form a ring at that radius, at equal angles', () => {
    const ring = ringAround([5, 6, 7], plane, 2, 8, [1, 1, 1]);
    expect(ring[0]).toEqual([7, 6, 7]);
    ring.forEach((latent, i) => {
      expect(Math.hypot(...latent.map((value, d) => value - [5, 6, 7][d]!))).toBeCloseTo(2, 12);
      expect(Math.cos(Math.atan2(latent[2]! - 7, latent[0]! - 5) - (i * Math.PI) / 4)).toBeCloseTo(1, 12);
    });
  });
});
