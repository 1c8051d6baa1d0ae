import { moments } from './covariance';
import { symmetricEigen } from './eigen';
import type { Vectors } from './vectors';

/** Principal components of latents (Pearson 1901). */
export interface Pca {
  readonly dimensions: number;
  readonly mean: Float64Array;
  /** Row i is the i-th component, of unit length. */
  readonly components: Float64Array;
  /** The variance along each component, descending, never below 0. */
  readonly variances: Float64Array;
}

export function fitPca(latents: Vectors): Pca {
  const { dimensions } = latents;
  const { mean, covariance } = moments(latents);
  const { values, vectors } = symmetricEigen(covariance, dimensions);
  return { dimensions, mean, components: vectors, variances: values.map((value) => Math.max(0, value)) };
}

/** The share of the variance along each component; zeros if there is no variance at all. */
export function explainedVariance({ variances }: Pca): Float64Array {
  const total = variances.reduce((sum, value) => sum + value, 0);
  return variances.map((value) => (total > 0 ? value / total : 0));
}

/** Coordinates along two components (first and second unless said otherwise), as [count, 2]. */
export function projectPca(pca: Pca, latents: Vectors, first = 0, second = 1): Float32Array {
  const { count, dimensions, data } = latents;
  const [a, b] = [component(pca, first), component(pca, second)];
  const positions = new Float32Array(count * 2);
  for (let i = 0; i < count; i++) {
    let [x, y] = [0, 0];
    for (let d = 0; d < dimensions; d++) {
      const centerd = data[i * dimensions + d]! - pca.mean[d]!;
      x += centerd * a[d]!;
      y += centerd * b[d]!;
    }
    positions[2 * i] = x;
    positions[2 * i + 1] = y;
  }
  return positions;
}

/** The latent vector at a point of the plane of the first two components: all other coordinates are the mean's. */
export function invertPca(pca: Pca, x: number, y: number): number[] {
  const [a, b] = [component(pca, 0), component(pca, 1)];
  return Array.from(pca.mean, (value, d) => value + x * a[d]! + y * b[d]!);
}

/**
 * The same components with signs that agree with an earlier fit, so that points are not mirrored when the weights
 * change.
 */
export function alignPca(pca: Pca, earlier: Pca): Pca {
  if (earlier.dimensions !== pca.dimensions) return pca;
  const components = Float64Array.from(pca.components);
  for (let i = 0; i < pca.dimensions; i++) {
    const [ours, theirs] = [component({ ...pca, components }, i), component(earlier, i)];
    if (ours.reduce((sum, value, d) => sum + value * theirs[d]!, 0) < 0) ours.forEach((value, d) => (ours[d] = -value));
  }
  return { ...pca, components };
}

/** Zeros for a component beyond the last: a single dimension has no second one. */
function component({ components, dimensions }: Pca, index: number): Float64Array {
  if (index >= dimensions) return new Float64Array(dimensions);
  return components.subarray(index * dimensions, (index + 1) * dimensions);
}
