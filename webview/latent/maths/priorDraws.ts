import { normalDraws, seededRandom } from './random';
import { vectors, type Vectors } from './vectors';

/** A prior that can be drawn from: N(0, I), uniform on [−1, 1] in each dimension, or uniform on the sphere of radius √n. */
export type DrawnPrior = 'normal' | 'uniform' | 'sphere';

/** Which draws are the points of a model without an encoder. */
export interface Draws {
  readonly count: number;
  readonly seed: number;
}

/** Most draws, each of which is decoded. */
export const MOST_DRAWS = 10_000;
export const MOST_SEED = 2 ** 32 - 1;
export const DEFAULT_DRAWS: Draws = { count: 1_000, seed: 0 };

/** Draws from a prior, [count, dimensions]. The first draws of a seed are the same for any count. */
export function priorDraws(prior: DrawnPrior, { count, seed }: Draws, dimensions: number): Vectors {
  const random = seededRandom(seed);
  if (prior === 'uniform') {
    return vectors(
      Float32Array.from({ length: count * dimensions }, () => 2 * random() - 1),
      dimensions,
    );
  }
  const draws = vectors(Float32Array.from(normalDraws(count * dimensions, random)), dimensions);
  if (prior === 'normal') return draws;
  const { data } = draws;
  for (let begin = 0; begin < data.length; begin += dimensions) {
    // No draw of a continuous distribution is the origin; one that underflows to it stays there.
    const length = Math.hypot(...data.subarray(begin, begin + dimensions)) || 1;
    const scale = Math.sqrt(dimensions) / length;
    for (let d = 0; d < dimensions; d++) data[begin + d]! *= scale;
  }
  return draws;
}

/** Standard deviation of each dimension of a prior. */
export function priorDeviation(prior: DrawnPrior): number {
  return prior === 'uniform' ? 1 / Math.sqrt(3) : 1;
}

/** "N(0, I)", "the uniform distribution on [−1, 1]ⁿ" */
export const PRIOR_WORDS: Readonly<Record<DrawnPrior, string>> = {
  normal: 'N(0, I)',
  uniform: 'uniform on −1 to 1',
  sphere: 'uniform on the sphere of radius √n',
};
