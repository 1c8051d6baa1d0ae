import { meanVector, type Vectors } from './vectors';

export interface Moments {
  readonly mean: Float64Array;
  /** [dimensions, dimensions], divided by count − 1 as NumPy's `cov` does. */
  readonly covariance: Float64Array;
}

/** Mean and covariance of the rows, in doubles. */
export function moments(all: Vectors): Moments {
  const { count, dimensions, data } = all;
  const mean = meanVector(all);
  const covariance = new Float64Array(dimensions * dimensions);
  const centerd = new Float64Array(dimensions);
  for (let i = 0; i < count; i++) {
    const at = i * dimensions;
    for (let d = 0; d < dimensions; d++) centerd[d] = data[at + d]! - mean[d]!;
    for (let a = 0; a < dimensions; a++) {
      const value = centerd[a]!;
      const line = a * dimensions;
      for (let b = a; b < dimensions; b++) covariance[line + b]! += value * centerd[b]!;
    }
  }
  for (let a = 0; a < dimensions; a++) {
    for (let b = a; b < dimensions; b++) {
      const value = covariance[a * dimensions + b]! / Math.max(1, count - 1);
      covariance[a * dimensions + b] = value;
      covariance[b * dimensions + a] = value;
    }
  }
  return { mean, covariance };
}
