import type { Found } from './gridIndex';
import type { Vectors } from './vectors';

/** In the plane: what is this near to a point is that point. */
const SAME = 1e-12;

/**
 * A latent for a place of a projection that has no inverse: the mean of the latents whose points are the nearest there,
 * weighted by the inverse square of their distances in the plane (Shepard 1968). A guess, and to be called one.
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
