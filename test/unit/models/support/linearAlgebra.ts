/** Double-precision linear algebra of small dense matrices, rows first, for reference values. */
export type Matrix = readonly (readonly number[])[];

export function multiply(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => b[0]!.map((_, column) => row.reduce((sum, value, k) => sum + value * b[k]![column]!, 0)));
}

export function transpose(a: Matrix): number[][] {
  return a[0]!.map((_, column) => a.map((row) => row[column]!));
}

/** Lower triangle L with L Lᵀ = a, for a symmetric positive definite a. */
export function cholesky(a: Matrix): number[][] {
  const lower = a.map((row) => row.map(() => 0));
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  }
  return lower;
}

/** log N(x; mean, covariance) */
export function gaussianLogDensity(x: readonly number[], mean: readonly number[], covariance: Matrix): number {
  const lower = cholesky(covariance);
  const y: number[] = [];
  for (let i = 0; i < x.length; i++) {
    let sum = x[i]! - mean[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i]![k]! * y[k]!;
    y.push(sum / lower[i]![i]!);
  }
  const logDeterminant = 2 * lower.reduce((sum, row, i) => sum + Math.log(row[i]!), 0);
  const squares = y.reduce((sum, value) => sum + value * value, 0);
  return -0.5 * (squares + logDeterminant + x.length * Math.log(2 * Math.PI));
}

/** Eigenvalues of a symmetric matrix, largest first, by Jacobi’s rotations. */
export function eigenvalues(symmetric: Matrix): number[] {
  const a = symmetric.map((row) => [...row]);
  const size = a.length;
  for (let sweep = 0; sweep < 50; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        if (Math.abs(a[p]![q]!) < 1e-15) continue;
        const theta = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!);
        const [cosine, sine] = [Math.cos(theta), Math.sin(theta)];
        for (let k = 0; k < size; k++) {
          const [x, y] = [a[k]![p]!, a[k]![q]!];
          a[k]![p] = cosine * x - sine * y;
          a[k]![q] = sine * x + cosine * y;
        }
        for (let k = 0; k < size; k++) {
          const [x, y] = [a[p]![k]!, a[q]![k]!];
          a[p]![k] = cosine * x - sine * y;
          a[q]![k] = sine * x + cosine * y;
        }
      }
    }
  }
  return a.map((row, i) => row[i]!).toSorted((x, y) => y - x);
}
