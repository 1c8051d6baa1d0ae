/** Coefficients of Wichura's AS 241, PPND16 (Applied Statistics 37, 1988), highest power last. */
const CENTER = {
  above: [
    3.387132872796366608, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
  ],
  below: [
    1, 4.2313330701600911252e1, 6.871870074920579083e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.930789580009271061e4, 2.8729085735721942674e4, 5.226495278852545925e3,
  ],
};
const MIDDLE = {
  above: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 2.4178072517745061177e-1, 2.27238449892691845833e-2, 7.7454501427834140764e-4,
  ],
  below: [
    1, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1, 1.4810397642748007459e-1,
    1.51986665636164571966e-2, 5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
};
const TAIL = {
  above: [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 2.9656057182850489123e-1,
    2.6532189526576123093e-2, 1.2426609473880784386e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  below: [
    1, 5.9983220655588793769e-1, 1.3692988092273580531e-1, 1.48753612908506148525e-2, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
};

/**
 * The value below which a standard normal variable lies with the given probability (the inverse of its distribution
 * function); ∓∞ at 0 and 1, NaN outside.
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return NaN;
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTER, 0.180625 - q * q);
  const tail = q < 0 ? probability : 1 - probability;
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const value = r <= 5 ? ratio(MIDDLE, r - 1.6) : ratio(TAIL, r - 5);
  return q < 0 ? -value : value;
}

/** The same for a uniform variable of mean 0 and deviation 1. */
export function uniformQuantile(probability: number): number {
  return Math.sqrt(3) * (2 * probability - 1);
}

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

function ratio({ above, below }: typeof CENTER, x: number): number {
  const polynomial = (coefficients: readonly number[]) => coefficients.reduceRight((sum, c) => sum * x + c, 0);
  return polynomial(above) / polynomial(below);
}

/** Location and scale of a dimension: the prior's, or the codes' if there is none. */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

const STANDARD: Scale = { mean: 0, deviation: 1 };

/**
 * The latents of a manifold grid: `size` × `size` points whose coordinates are the quantiles of the prior at equally
 * spaced probabilities (Kingma and Welling 2014, figure 4), so that every point stands for the same share of the prior.
 * Rows from the top (large z₁) to the bottom, columns from the left; all other dimensions are those of `base`.
 *
 * @param scales of the two dimensions, if they differ from the standard normal's
 * @param quantile of the prior at unit deviation, if it is not normal
 */
export function manifoldGrid(
  size: number,
  base: readonly number[],
  first = 0,
  second = 1,
  scales: readonly [Scale, Scale] = [STANDARD, STANDARD],
  quantile: (probability: number) => number = normalQuantile,
): number[][] {
  const quantiles = Array.from({ length: size }, (_, i) => quantile((i + 0.5) / size));
  const [across, up] = scales.map(({ mean, deviation }) => quantiles.map((value) => mean + deviation * value));
  return up!.toReversed().flatMap((y) =>
    across!.map((x) => {
      const latent = [...base];
      latent[first] = x;
      if (second < latent.length) latent[second] = y;
      return latent;
    }),
  );
}
