/** Methods of interpolation between two latents. */
export type Path = 'linear' | 'spherical';

/** Shorter vectors have no numerically meaningful direction. */
const SHORTEST = 1e-100;
/** Cosines beyond this belong to (anti)parallel vectors, for which the great circle is not determined. */
const PARALLEL = 1 - 1e-9;

/** The point at fraction `t` of the straight line from `a` to `b`. */
export function lerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number): number[] {
  return Array.from(a, (value, d) => value + t * (b[d]! - value));
}

/**
 * Spherical linear interpolation (Shoemake 1985; for latents White 2016): along the great circle between the directions
 * of `a` and `b`, with linearly interpolated length. Draws from a normal prior in many dimensions lie near a sphere,
 * and a straight line between two of them passes through regions that the model has not seen. For parallel vectors, or
 * the origin, it is {@link lerp}.
 */
export function slerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number): number[] {
  const [lengthA, lengthB] = [norm(a), norm(b)];
  if (lengthA < SHORTEST || lengthB < SHORTEST) return lerp(a, b, t);
  const cosine = Array.from(a).reduce((sum, value, d) => sum + value * b[d]!, 0) / (lengthA * lengthB);
  if (Math.abs(cosine) > PARALLEL) return lerp(a, b, t);
  const angle = Math.acos(cosine);
  const length = lengthA + t * (lengthB - lengthA);
  const [shareA, shareB] = [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
  return Array.from(a, (value, d) => length * ((shareA * value) / lengthA + (shareB * b[d]!) / lengthB));
}

/** `count` latents from `a` to `b`, both included. */
export function interpolate(a: ArrayLike<number>, b: ArrayLike<number>, count: number, path: Path): number[][] {
  const along = path === 'linear' ? lerp : slerp;
  return Array.from({ length: count }, (_, i) => along(a, b, count === 1 ? 0 : i / (count - 1)));
}

function norm(vector: ArrayLike<number>): number {
  return Math.hypot(...Array.from(vector));
}
