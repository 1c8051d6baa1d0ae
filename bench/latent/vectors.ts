import { normalDraws, seededRandom } from '../../webview/latent/maths/random';

export const DIMENSIONS = 20;

/**
 * Vectors as the latents of a VAE on ten classes are: groups that touch, ten dimensions that tell something and ten that
 * are nearly the prior's noise around zero.
 */
export function benchVectors(count: number): Float32Array {
  const random = seededRandom(5);
  const centers = Array.from({ length: 10 }, () => normalDraws(DIMENSIONS, random));
  const data = new Float32Array(count * DIMENSIONS);
  for (let i = 0; i < count; i++) {
    const noise = normalDraws(DIMENSIONS, random);
    for (let d = 0; d < DIMENSIONS; d++) {
      const tells = d < 10;
      data[i * DIMENSIONS + d] = tells ? 1.2 * centers[i % 10]![d]! + 0.6 * noise[d]! : 0.05 * noise[d]!;
    }
  }
  return data;
}
