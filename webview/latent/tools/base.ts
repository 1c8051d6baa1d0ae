import { meanVector, row } from '../maths/vectors';
import type { Explored } from '../model/state';

/** More dimensions than anybody looks through; those that tell least are left out, and that is said. */
export const MOST_DIMENSIONS = 48;

/** The latent that a tool begins with: the point picked last, else the mean of all. */
export function startLatent({ picked, encoding }: Explored): { readonly latent: number[]; readonly index?: number } {
  const index = picked.at(-1);
  if (index === undefined || index >= encoding.latents.count)
    return { latent: Array.from(meanVector(encoding.latents)) };
  return { latent: Array.from(row(encoding.latents, index)), index };
}

/** What that latent is, in words. */
export function startWords(explored: Explored): string {
  const { index } = startLatent(explored);
  return index === undefined ? 'from the mean of all points' : `from image ${explored.name(index)}`;
}

/** Dimensions, those that tell most first. */
export function dimensionOrder({ statistics, encoding }: Explored): readonly number[] {
  const order = statistics?.order ?? Array.from({ length: encoding.latents.dimensions }, (_, d) => d);
  return order.slice(0, MOST_DIMENSIONS);
}

/** The mean and the spread along which a dimension is moved: the prior's where there is one, else the data's. */
export function scaleOf({ statistics, model }: Explored, dimension: number): { mean: number; deviation: number } {
  if (model.description.abilities.sample || !statistics) return { mean: 0, deviation: 1 };
  const variance = statistics.covariance[dimension * statistics.dimensions + dimension]!;
  return { mean: statistics.mean[dimension]!, deviation: Math.sqrt(Math.max(variance, 1e-12)) };
}
