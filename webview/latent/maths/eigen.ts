export interface Eigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Row i is the unit eigenvector of value i; its component of the largest magnitude is positive. */
  readonly vectors: Float64Array;
}

const MAXIMUM_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix
 * Computations, 8.5): slower than reduction to tridiagonal form, and accurate for eigenvalues that lie together, as those
 * of a posterior that matches its prior do.
 * @param matrix [size, size], symmetric
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  for (let sweep = 0; sweep < MAXIMUM_SWEEPS && !isDiagonal(a, size); sweep++) {
    for (let p = 0; p < size - 1; p++) for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q);
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j]! - a[i * size + i]!);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    const vector = v.subarray(from * size, (from + 1) * size);
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    for (let d = 0; d < size; d++) vectors[to * size + d] = largest < 0 ? -vector[d]! : vector[d]!;
  });
  return { values: Float64Array.from(order, (i) => a[i * size + i]!), vectors };
}

/** Whether what lies beside the diagonal is below what doubles resolve. */
function isDiagonal(a: Float64Array, size: number): boolean {
  let beside = 0;
  let all = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const square = a[i * size + j]! ** 2;
      all += square;
      if (i !== j) beside += square;
    }
  }
  return beside <= all * 1e-28;
}

/** Turns the plane of p and q so that their common entry vanishes; rows of `v` turn along. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const common = a[p * size + q]!;
  if (common === 0) return;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * common);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let i = 0; i < size; i++) {
    const [ip, iq] = [a[i * size + p]!, a[i * size + q]!];
    a[i * size + p] = c * ip - s * iq;
    a[i * size + q] = s * ip + c * iq;
  }
  for (let i = 0; i < size; i++) {
    const [pi, qi] = [a[p * size + i]!, a[q * size + i]!];
    a[p * size + i] = c * pi - s * qi;
    a[q * size + i] = s * pi + c * qi;
    const [vp, vq] = [v[p * size + i]!, v[q * size + i]!];
    v[p * size + i] = c * vp - s * vq;
    v[q * size + i] = s * vp + c * vq;
  }
}
