import type { Scale } from '../maths/normal';
import { meanVector, row } from '../maths/vectors';
import type { Exploration } from '../model/state';

/** Number of dimensions shown at first, in the order of the statistics; a button shows more. */
export const MOST_DIMENSIONS = 48;

/** The initial latent of a tool: that of the point picked last, or the mean of all points. */
export function startLatent({ picked, encoding }: Exploration): { readonly latent: number[]; readonly index?: number } {
  const index = picked.at(-1);
  if (index === undefined || index >= encoding.latents.count)
    return { latent: Array.from(meanVector(encoding.latents)) };
  return { latent: Array.from(row(encoding.latents, index)), index };
}

/** Describes that latent. */
export function startWords(exploration: Exploration): string {
  const { index } = startLatent(exploration);
  if (index === undefined) return 'from the mean of all points';
  return `from ${exploration.model.drawnPrior ? '' : 'image '}${exploration.name(index)}`;
}

/** The selected points among those shown: following a run shows only the first ones. */
export function selectedOf({ selection, encoding }: Exploration): number[] {
  return selection.indices.filter((index) => index < encoding.latents.count);
}

/** The first `most` dimensions in the order of the statistics; draws from a prior have none that matters. */
export function dimensionOrder(
  { statistics, encoding, model }: Exploration,
  most = MOST_DIMENSIONS,
): readonly number[] {
  const order =
    (model.drawnPrior ? undefined : statistics?.order) ??
    Array.from({ length: encoding.latents.dimensions }, (_, d) => d);
  return order.slice(0, most);
}

/** Mean and standard deviation along which a dimension is moved: the prior's, or the data's without one. */
export function scaleOf({ statistics, model }: Exploration, dimension: number): Scale {
  if (model.priorDeviation !== undefined) return { mean: 0, deviation: model.priorDeviation };
  if (model.hasNormalPrior || !statistics) return { mean: 0, deviation: 1 };
  const variance = statistics.covariance[dimension * statistics.dimensions + dimension]!;
  return { mean: statistics.mean[dimension]!, deviation: Math.sqrt(Math.max(variance, 1e-12)) };
}
