/** Membership in the plane at distance x is 1 / (1 + a x^2b). */
export interface Curve {
  readonly a: number;
  readonly b: number;
}

const SAMPLES = 300;
const MOST_ROUNDS = 200;

/**
 * The least-squares fit to a membership of 1 up to `minimumDistance` that falls off exponentially with `spread` beyond
 * it (McInnes, Healy and Melville 2018, section 4.2), by Levenberg–Marquardt over a and b,
 * on 300 distances up to 3 spreads.
 */
export function fitCurve(minimumDistance: number, spread: number): Curve {
  const xs = Array.from({ length: SAMPLES }, (_, i) => (3 * spread * i) / (SAMPLES - 1));
  const wanted = xs.map((x) => (x < minimumDistance ? 1 : Math.exp(-(x - minimumDistance) / spread)));
  let [a, b] = [1, 1];
  let damping = 1e-3;
  let error = squaredError(a, b, xs, wanted);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const [stepA, stepB] = step(a, b, xs, wanted, damping);
    const next = squaredError(a + stepA, b + stepB, xs, wanted);
    if (next < error) {
      [a, b] = [a + stepA, b + stepB];
      damping /= 3;
      if (error - next < 1e-15 * error) break;
      error = next;
    } else {
      damping *= 4;
      if (damping > 1e12) break;
    }
  }
  return { a, b };
}

function squaredError(a: number, b: number, xs: readonly number[], wanted: readonly number[]): number {
  return xs.reduce((sum, x, i) => sum + (1 / (1 + a * x ** (2 * b)) - wanted[i]!) ** 2, 0);
}

/** The solution of the damped normal equations. */
function step(
  a: number,
  b: number,
  xs: readonly number[],
  wanted: readonly number[],
  damping: number,
): [number, number] {
  let [aa, ab, bb, ra, rb] = [0, 0, 0, 0, 0];
  xs.forEach((x, i) => {
    if (x === 0) return;
    const power = x ** (2 * b);
    const value = 1 / (1 + a * power);
    const byA = -power * value * value;
    const byB = 2 * a * Math.log(x) * byA;
    const residual = wanted[i]! - value;
    [aa, ab, bb] = [aa + byA * byA, ab + byA * byB, bb + byB * byB];
    [ra, rb] = [ra + byA * residual, rb + byB * residual];
  });
  const [p, q] = [aa * (1 + damping), bb * (1 + damping)];
  const determinant = p * q - ab * ab;
  return [(q * ra - ab * rb) / determinant, (p * rb - ab * ra) / determinant];
}
