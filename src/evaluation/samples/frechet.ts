import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Vectors } from './vectors';

/** Mean [size] and covariance [size, size] of vectors. */
export interface Moments {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/** @param rows which of them count, each as often as it is named; all of them once if absent */
export function momentsOf({ values, count: all, size }: Vectors, rows?: Int32Array): Moments {
  const count = rows?.length ?? all;
  const mean = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    const start = (rows ? rows[i]! : i) * size;
    for (let k = 0; k < size; k++) mean[k]! += values[start + k]! / count;
  }
  const products = new Float64Array(size * size);
  const centered = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    const start = (rows ? rows[i]! : i) * size;
    for (let k = 0; k < size; k++) centered[k] = values[start + k]! - mean[k]!;
    for (let k = 0; k < size; k++) {
      const factor = centered[k]!;
      if (factor === 0) continue;
      for (let l = k; l < size; l++) products[k * size + l]! += factor * centered[l]!;
    }
  }
  const covariance = new Matrix(size, size);
  for (let k = 0; k < size; k++) {
    for (let l = k; l < size; l++) {
      const value = products[k * size + l]! / (count - 1);
      covariance.set(k, l, value).set(l, k, value);
    }
  }
  return { mean, covariance };
}

/**
 * The Fréchet distance between two normal distributions, ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½) (Dowson & Landau 1982; Heusel et
 * al. 2017, equation 6), where (Σ₁ Σ₂)^½ has the trace of (Σ₁^½ Σ₂ Σ₁^½)^½, which is symmetric.
 */
export function frechetDistance(a: Moments, b: Moments): number {
  const means = a.mean.reduce((sum, value, k) => sum + (value - b.mean[k]!) ** 2, 0);
  const root = squareRoot(a.covariance);
  const product = root.mmul(b.covariance).mmul(root);
  const trace = eigenvalues(symmetric(product)).reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  return Math.max(0, means + a.covariance.trace() + b.covariance.trace() - 2 * trace);
}

/** Of a symmetric matrix without negative eigenvalues, save for rounding. */
function squareRoot(matrix: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))));
  return vectors.mmul(roots).mmul(vectors.transpose());
}

function eigenvalues(matrix: Matrix): number[] {
  return new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).realEigenvalues;
}

function symmetric(matrix: Matrix): Matrix {
  return Matrix.add(matrix, matrix.transpose()).mul(0.5);
}
