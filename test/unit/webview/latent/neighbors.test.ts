import { describe, expect, it } from 'vitest';
import { approximateNeighbors } from '../../../../webview/latent/maths/approximateNeighbors';
import { exactNeighbors } from '../../../../webview/latent/maths/exactNeighbors';
import { nearestRows, vectors } from '../../../../webview/latent/maths/vectors';
import { clustered, farthest, golden, goldenArray, goldenLatents } from './golden';

describe('nearest neighbors', () => {
  it('are those that scikit-learn finds', () => {
    const { indices, distances } = exactNeighbors(goldenLatents(), golden.k);
    expect([...indices]).toEqual(goldenArray('neighbors'));
    expect(farthest(distances, goldenArray('distances'))).toBeLessThan(1e-5);
  });

  it.each([65, 128, 200])('are exact across blocks: %i points', (count) => {
    const all = clustered(count, 7, 3);
    const { indices, distances } = exactNeighbors(all, 6);
    for (let i = 0; i < count; i++) {
      const wanted = nearestRows(all, all.data.subarray(7 * i, 7 * i + 7), 6, (index) => index === i);
      expect([...indices.subarray(6 * i, 6 * i + 6)]).toEqual(wanted.map(({ index }) => index));
      expect(
        farthest(
          distances.subarray(6 * i, 6 * i + 6),
          wanted.map(({ distance }) => distance),
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it('of equal points are at no distance, and never the point itself', () => {
    const { indices, distances } = exactNeighbors(vectors(new Float32Array(100 * 3).fill(1e4), 3), 5);
    expect(Math.max(...distances)).toBe(0);
    indices.forEach((other, n) => expect(other).not.toBe(Math.floor(n / 5)));
  });

  it('are refused where there are not enough points', () => {
    expect(() => exactNeighbors(clustered(5, 2, 1), 5)).toThrow(RangeError);
    expect(() => approximateNeighbors(clustered(5, 2, 1), 5)).toThrow(RangeError);
  });

  it('report progress up to the end', () => {
    const shares: number[] = [];
    exactNeighbors(clustered(300, 2, 1), 3, (share) => shares.push(share));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('are nearly all found by the approximate search', () => {
    const all = clustered(4000, 12, 10);
    const k = 10;
    const exact = exactNeighbors(all, k);
    const { indices, distances } = approximateNeighbors(all, k);
    let found = 0;
    for (let i = 0; i < all.count; i++) {
      const ours = indices.subarray(i * k, i * k + k);
      const wanted = new Set(exact.indices.subarray(i * k, i * k + k));
      expect(new Set(ours).size).toBe(k);
      expect(ours.includes(i)).toBe(false);
      found += ours.filter((other) => wanted.has(other)).length;
    }
    expect(found / (all.count * k)).toBeGreaterThan(0.95);
    // Nothing is nearer than the nearest.
    distances.forEach((distance, n) => expect(distance).toBeGreaterThanOrEqual(exact.distances[n]! - 1e-6));
  });

  it('are found approximately among points that all lie on each other', () => {
    const { indices } = approximateNeighbors(vectors(new Float32Array(400), 2), 4);
    indices.forEach((other, n) => expect(other).not.toBe(Math.floor(n / 4)));
  });
});
