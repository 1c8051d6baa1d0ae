import type { Found } from './gridIndex';
import type { Vectors } from './vectors';

/** Distance in the plane below which a position is that point. */
const SAME = 1e-12;

/**
 * An approximate latent for a position in a projection without an inverse: the mean of the nearest points' latents,
 * weighted by the inverse square of their distances in the plane (Shepard 1968).
 */
export function weightedLatent(latents: Vectors, near: readonly Found[]): number[] {
  const { dimensions, data } = latents;
  const latent = new Array<number>(dimensions).fill(0);
  const exact = near.find(({ distance }) => distance < SAME);
  const used = exact ? [exact] : near;
  const weights = used.map(({ distance }) => (exact ? 1 : 1 / (distance * distance)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  used.forEach(({ index }, i) => {
    for (let d = 0; d < dimensions; d++) latent[d]! += (weights[i]! / total) * data[index * dimensions + d]!;
  });
  return latent;
}
