import { describe, expect, it } from 'vitest';
import { exactNeighbors } from '../../../../webview/latent/maths/exactNeighbors';
import { fitPca, projectPca } from '../../../../webview/latent/maths/pca';
import { affinities, conditionals } from '../../../../webview/latent/maths/tsne/affinities';
import { TsneDescent } from '../../../../webview/latent/maths/tsne/descent';
import { Quadtree } from '../../../../webview/latent/maths/tsne/quadtree';
import { clustered, farthest, golden, goldenArray, goldenLatents } from './golden';
import { sameCluster } from './quality';

const neighbors = () => exactNeighbors(goldenLatents(), golden.k);

describe('t-SNE', () => {
  it('has scikit-learn’s conditional and joint probabilities', () => {
    expect(farthest(conditionals(neighbors(), golden.perplexity), goldenArray('conditional'))).toBeLessThan(1e-4);
    const { count, starts, others, values } = affinities(neighbors(), golden.perplexity);
    const dense = new Float64Array(count * count);
    for (let i = 0; i < count; i++) {
      for (let n = starts[i]!; n < starts[i + 1]!; n++) dense[i * count + others[n]!]! += values[n]!;
    }
    expect(farthest(dense, goldenArray('joint'))).toBeLessThan(1e-5);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  it('has scikit-learn’s gradient, and nearly so with cells for far points', () => {
    const descent = new TsneDescent(
      affinities(neighbors(), golden.perplexity),
      Float32Array.from(goldenArray('plane')),
    );
    expect(farthest(descent.gradient(1, 0), goldenArray('gradient'))).toBeLessThan(1e-5);
    const size = Math.max(...goldenArray('gradient').map(Math.abs));
    expect(farthest(descent.gradient(1, 0.5), goldenArray('gradient'))).toBeLessThan(0.05 * size);
  });

  it('finds clusters, is the same each time and ends when it should', () => {
    const latents = clustered(300, 10, 5);
    const start = projectPca(fitPca(latents), latents).map((value) => value * 1e-5);
    const run = () => {
      const descent = new TsneDescent(affinities(exactNeighbors(latents, 60), 20), start);
      while (!descent.finished) descent.step();
      return Float32Array.from(descent.positions);
    };
    const positions = run();
    expect(sameCluster(positions, 5)).toBeGreaterThan(0.98);
    expect([...positions]).toEqual([...run()]);
  });
});

describe('the quadtree', () => {
  it('adds up exactly what all points do where no cell may stand for them', () => {
    const points = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i) * (i % 7));
    const tree = new Quadtree(200);
    tree.build(points);
    const force = new Float64Array(2);
    for (const at of [0, 17, 199]) {
      const [x, y] = [points[2 * at]!, points[2 * at + 1]!];
      let [sum, fx] = [0, 0];
      for (let i = 0; i < 200; i++) {
        if (i === at) continue;
        const q = 1 / (1 + (x - points[2 * i]!) ** 2 + (y - points[2 * i + 1]!) ** 2);
        sum += q;
        fx += q * q * (x - points[2 * i]!);
      }
      expect(tree.repulsion(x, y, 0, force)).toBeCloseTo(sum, 3);
      expect(force[0]).toBeCloseTo(fx, 3);
    }
  });

  it('holds points that lie on each other', () => {
    const tree = new Quadtree(50);
    tree.build(new Float64Array(100).fill(2));
    expect(tree.repulsion(2, 2, 0.5, new Float64Array(2))).toBe(49);
  });
});
