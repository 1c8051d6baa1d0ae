import type { Scale } from '../maths/normal';
import { meanVector, row } from '../maths/vectors';
import type { Exploration } from '../model/state';

/** So many dimensions are shown at first, those that tell most; there is a button for more. */
export const MOST_DIMENSIONS = 48;

/** The latent that a tool begins with: the point picked last, else the mean of all. */
export function startLatent({ picked, encoding }: Exploration): { readonly latent: number[]; readonly index?: number } {
  const index = picked.at(-1);
  if (index === undefined || index >= encoding.latents.count)
    return { latent: Array.from(meanVector(encoding.latents)) };
  return { latent: Array.from(row(encoding.latents, index)), index };
}

/** What that latent is, in words. */
export function startWords(exploration: Exploration): string {
  const { index } = startLatent(exploration);
  return index === undefined ? 'from the mean of all points' : `from image ${exploration.name(index)}`;
}

/** The selected points, as far as they are shown: a run that is followed shows the first ones only. */
export function selectedOf({ selection, encoding }: Exploration): number[] {
  return selection.indices.filter((index) => index < encoding.latents.count);
}

/** The first so many dimensions, those that tell most first. */
export function dimensionOrder({ statistics, encoding }: Exploration, most = MOST_DIMENSIONS): readonly number[] {
  const order = statistics?.order ?? Array.from({ length: encoding.latents.dimensions }, (_, d) => d);
  return order.slice(0, most);
}

/** The mean and the spread along which a dimension is moved: the prior's where there is one, else the data's. */
export function scaleOf({ statistics, model }: Exploration, dimension: number): Scale {
  if (model.hasNormalPrior || !statistics) return { mean: 0, deviation: 1 };
  const variance = statistics.covariance[dimension * statistics.dimensions + dimension]!;
  return { mean: statistics.mean[dimension]!, deviation: Math.sqrt(Math.max(variance, 1e-12)) };
}
