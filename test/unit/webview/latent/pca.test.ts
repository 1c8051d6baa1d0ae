import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moments } from '../../../../webview/latent/maths/covariance';
import { symmetricEigen } from '../../../../webview/latent/maths/eigen';
import { alignPca, explainedVariance, fitPca, invertPca, projectPca } from '../../../../webview/latent/maths/pca';
import { vectors } from '../../../../webview/latent/maths/vectors';
import { farthest, golden, goldenArray, goldenLatents } from './golden';

describe('principal components', () => {
  it('have NumPy’s mean and covariance', () => {
    const { mean, covariance } = moments(goldenLatents());
    expect(farthest(mean, goldenArray('mean'))).toBeLessThan(1e-12);
    expect(farthest(covariance, goldenArray('covariance'))).toBeLessThan(1e-11);
  });

  it('have NumPy’s eigenvalues and eigenvectors', () => {
    const { values, vectors } = symmetricEigen(Float64Array.from(goldenArray('covariance')), golden.dimensions);
    expect(farthest(values, goldenArray('eigenvalues'))).toBeLessThan(1e-10);
    expect(farthest(vectors, goldenArray('eigenvectors'))).toBeLessThan(1e-10);
  });

  it('project as NumPy does', () => {
    const latents = goldenLatents();
    expect(farthest(projectPca(fitPca(latents), latents), goldenArray('components'))).toBeLessThan(1e-5);
  });

  it('come back from the plane, exactly where the plane holds everything', () => {
    const flat = vectors(
      Float32Array.from({ length: 80 }, (_, i) => Math.sin(i * i)),
      2,
    );
    const pca = fitPca(flat);
    const [x, y] = projectPca(pca, flat).subarray(6, 8);
    expect(farthest(invertPca(pca, x!, y!), flat.data.subarray(6, 8))).toBeLessThan(1e-6);
  });

  it('explain shares that add up to one, and none of latents that are all the same', () => {
    const shares = explainedVariance(fitPca(goldenLatents()));
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect([...shares]).toEqual([...shares].sort((a, b) => b - a));
    expect([...explainedVariance(fitPca(vectors(new Float32Array(30).fill(3), 3)))]).toEqual([0, 0, 0]);
  });

  it('are found where eigenvalues coincide', () => {
    const { values, vectors } = symmetricEigen(Float64Array.from([2, 0, 0, 0, 2, 0, 0, 0, 5]), 3);
    expect([...values]).toEqual([5, 2, 2]);
    expect([...vectors.subarray(0, 3)]).toEqual([0, 0, 1]);
  });

  it('are found of any symmetric matrix: A v = λ v, and unit vectors at right angles', () => {
    const entry = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(0, 1e-9, 1e9, 1e-171, 1e-310));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(entry, { minLength: 78, maxLength: 78 }),
        (size, entries) => {
          const matrix = new Float64Array(size * size);
          for (let i = 0, next = 0; i < size; i++) {
            for (let j = i; j < size; j++) matrix[i * size + j] = matrix[j * size + i] = entries[next++]!;
          }
          const { values, vectors } = symmetricEigen(matrix, size);
          const row = (i: number) => vectors.subarray(i * size, (i + 1) * size);
          const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
          const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < size; j++) {
              expect(Math.abs(dot(row(i), row(j)) - Number(i === j))).toBeLessThan(1e-12);
              const product = dot(matrix.subarray(j * size, (j + 1) * size), row(i));
              expect(Math.abs(product - values[i]! * row(i)[j]!)).toBeLessThan(1e-13 * size * size * largest);
            }
          }
          expect([...values]).toEqual([...values].sort((a, b) => b - a));
        },
      ),
    );
  });

  it('end where there are none', () => {
    expect(symmetricEigen(new Float64Array(9).fill(NaN), 3).values).toHaveLength(3);
  });

  it('keep their signs when the latents move on', () => {
    const pca = fitPca(goldenLatents());
    const turned = { ...pca, components: pca.components.map((value, i) => (i < pca.dimensions ? -value : value)) };
    expect([...alignPca(turned, pca).components]).toEqual([...pca.components]);
  });

  it('put a single dimension on a line', () => {
    const line = vectors(Float32Array.from([1, 2, 3, 6]), 1);
    const positions = projectPca(fitPca(line), line);
    expect([...positions]).toEqual([-2, 0, -1, 0, 0, 0, 3, 0]);
    expect(invertPca(fitPca(line), 3, 7)).toEqual([6]);
  });
});
