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
 * Spherical linear interpolation (Shoemake 1985; for latents White 2016, "Sampling Generative Networks", section 2.1):
 *
 *   sin((1 − t) θ) / sin θ · a + sin(t θ) / sin θ · b,   θ the angle between a and b,
 *
 * of the directions of `a` and `b`, with linearly interpolated length. For vectors of one length this is White's
 * formula; for others the formula itself would leave the space between their lengths, and without bound as they become
 * antipodal. Draws from a normal prior in many dimensions lie near a sphere, and a straight line between two of them
 * passes through regions that the model has not seen.
 *
 * For parallel vectors, the origin, and a single dimension it is {@link lerp}. Antipodal vectors determine no great
 * circle: the one through {@link perpendicular} is taken, so that the path keeps away from the origin.
 */
export function slerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number): number[] {
  const [lengthA, lengthB] = [norm(a), norm(b)];
  if (lengthA < SHORTEST || lengthB < SHORTEST) return lerp(a, b, t);
  const cosine = Array.from(a).reduce((sum, value, d) => sum + value * b[d]!, 0) / (lengthA * lengthB);
  if (cosine > PARALLEL || (cosine < -PARALLEL && a.length === 1)) return lerp(a, b, t);
  if (cosine < -PARALLEL) {
    const middle = perpendicular(a).map((value) => (value * (lengthA + lengthB)) / 2);
    return t < 0.5 ? slerp(a, middle, 2 * t) : slerp(middle, b, 2 * t - 1);
  }
  const angle = Math.acos(cosine);
  const length = lengthA + t * (lengthB - lengthA);
  const [shareA, shareB] = [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
  return Array.from(a, (value, d) => length * ((shareA * value) / lengthA + (shareB * b[d]!) / lengthB));
}

/** A unit vector perpendicular to `a`, in the plane of `a` and the axis along which `a` is shortest. */
function perpendicular(a: ArrayLike<number>): number[] {
  const sizes = Array.from(a, Math.abs);
  const axis = sizes.indexOf(Math.min(...sizes));
  const share = a[axis]! / norm(a) ** 2;
  const direction = Array.from(a, (value, d) => (d === axis ? 1 : 0) - share * value);
  const length = norm(direction);
  return direction.map((value) => value / length);
}

/** `count` latents from `a` to `b`, both included. */
export function interpolate(a: ArrayLike<number>, b: ArrayLike<number>, count: number, path: Path): number[][] {
  const along = path === 'linear' ? lerp : slerp;
  return Array.from({ length: count }, (_, i) => along(a, b, count === 1 ? 0 : i / (count - 1)));
}

function norm(vector: ArrayLike<number>): number {
  return Math.hypot(...Array.from(vector));
}
