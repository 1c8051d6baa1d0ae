import { describe, expect, it } from 'vitest';
import { exactNeighbors } from '../../../../webview/latent/maths/exactNeighbors';
import { fitPca, projectPca } from '../../../../webview/latent/maths/pca';
import { fitCurve } from '../../../../webview/latent/maths/umap/curve';
import { Forces } from '../../../../webview/latent/maths/umap/forces';
import { fuzzySet } from '../../../../webview/latent/maths/umap/fuzzySet';
import { UmapLayout } from '../../../../webview/latent/maths/umap/layout';
import { clustered, farthest, golden, goldenArray, goldenLatents } from './golden';
import { sameCluster } from './quality';

describe('UMAP', () => {
  it('fits umap-learn’s curve', () => {
    const { a, b } = fitCurve(0.1, 1);
    expect(a).toBeCloseTo(golden.curve[0], 4);
    expect(b).toBeCloseTo(golden.curve[1], 4);
  });

  it('builds umap-learn’s fuzzy set', () => {
    const { count, k } = golden;
    const { heads, tails, weights } = fuzzySet(exactNeighbors(goldenLatents(), k));
    const dense = new Float64Array(count * count);
    weights.forEach((weight, i) => {
      expect(dense[heads[i]! * count + tails[i]!]).toBe(0);
      dense[heads[i]! * count + tails[i]!] = weight;
      dense[tails[i]! * count + heads[i]!] = weight;
    });
    expect(farthest(dense, goldenArray('fuzzy'))).toBeLessThan(1e-4);
  });

  it('tabulates the forces to half a percent', () => {
    const { a, b } = fitCurve(0.1, 1);
    const forces = new Forces({ a, b });
    for (const square of [1e-8, 1e-3, 0.2, 1, 3.7, 40, 1e4]) {
      const attraction = (-2 * a * b * square ** (b - 1)) / (1 + a * square ** b);
      const rejection = (2 * b) / ((0.001 + square) * (1 + a * square ** b));
      expect(forces.attract(square) / attraction).toBeCloseTo(1, 2);
      expect(forces.reject(square) / rejection).toBeCloseTo(1, 2);
    }
  });

  it('keeps neighbors together, is the same each time and ends when it should', () => {
    const latents = clustered(600, 10, 6);
    const run = () => {
      const start = projectPca(fitPca(latents), latents);
      const layout = new UmapLayout(fuzzySet(exactNeighbors(latents, 15)), start, fitCurve(0.1, 1), 200);
      while (!layout.finished) layout.step();
      return layout;
    };
    const [first, second] = [run(), run()];
    expect(first.epoch).toBe(200);
    expect([...first.positions]).toEqual([...second.positions]);
    expect(sameCluster(first.positions, 6)).toBeGreaterThan(0.98);
  });

  it('parts points that begin on one place', () => {
    const latents = clustered(100, 4, 2);
    const layout = new UmapLayout(fuzzySet(exactNeighbors(latents, 8)), new Float32Array(200), fitCurve(0.1, 1), 50);
    while (!layout.finished) layout.step();
    expect(layout.positions.every(Number.isFinite)).toBe(true);
    expect(new Set(layout.positions).size).toBeGreaterThan(150);
  });
});
