/** How to go from one latent to another. */
export type Path = 'linear' | 'spherical';

/** Shorter vectors have no direction that doubles could tell. */
const SHORTEST = 1e-100;
/** Cosines beyond this are those of one line, along which a great circle is not determined. */
const PARALLEL = 1 - 1e-9;

/** The point a share `t` of the way from `a` to `b` on the straight line. */
export function lerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number): number[] {
  return Array.from(a, (value, d) => value + t * (b[d]! - value));
}

/**
 * Spherical linear interpolation (Shoemake 1985; for latents White 2016): along the great circle between the directions
 * of `a` and `b`, while the length goes linearly from one to the other. Draws of a normal prior in many dimensions lie
 * near a sphere, and a straight line between two of them passes through where the model saw nothing. Along one line, or
 * from the origin, it is {@link lerp}.
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
