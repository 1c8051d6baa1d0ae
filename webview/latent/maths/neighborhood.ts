import { normalDraws, type Random } from './random';

/**
 * Two orthonormal directions: along the dimensions `first` and `second` where they are given, else random ones
 * (uniform on the sphere, orthogonal to the other). The second one is zero where there is a single dimension, or both
 * are the same dimension.
 */
export function directionPair(
  dimensions: number,
  random: Random,
  first?: number,
  second?: number,
): readonly [number[], number[]] {
  const given = second === undefined ? undefined : axis(dimensions, second);
  if (first === undefined && given) {
    const other = unit(without(normalDraws(dimensions, random), given));
    return [other, given];
  }
  const along = first === undefined ? unit(normalDraws(dimensions, random)) : axis(dimensions, first);
  return [along, unit(without(given ?? normalDraws(dimensions, random), along))];
}

/**
 * A grid of `side` × `side` latents around `center`, which is in the middle; its sides are `radius` away. Rows from the
 * top (positive along `v`) to the bottom, columns from the left.
 * @param scales the length of a unit in each dimension
 */
export function gridAround(
  center: readonly number[],
  [u, v]: readonly [readonly number[], readonly number[]],
  radius: number,
  side: number,
  scales: readonly number[],
): number[][] {
  const at = Array.from({ length: side }, (_, i) => (side === 1 ? 0 : (radius * (2 * i - (side - 1))) / (side - 1)));
  return at.toReversed().flatMap((up) => at.map((across) => moved(center, u, v, across, up, scales)));
}

/** `count` latents at the same distance from `center`, counterclockwise from the direction `u`. */
export function ringAround(
  center: readonly number[],
  [u, v]: readonly [readonly number[], readonly number[]],
  radius: number,
  count: number,
  scales: readonly number[],
): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return moved(center, u, v, radius * Math.cos(angle), radius * Math.sin(angle), scales);
  });
}

function moved(
  center: readonly number[],
  u: readonly number[],
  v: readonly number[],
  across: number,
  up: number,
  scales: readonly number[],
): number[] {
  return center.map((value, d) => value + scales[d]! * (across * u[d]! + up * v[d]!));
}

function axis(dimensions: number, index: number): number[] {
  return Array.from({ length: dimensions }, (_, d) => (d === index ? 1 : 0));
}

/** `vector` less its part along the unit vector `direction`. */
function without(vector: readonly number[], direction: readonly number[]): number[] {
  const along = vector.reduce((sum, value, d) => sum + value * direction[d]!, 0);
  return vector.map((value, d) => value - along * direction[d]!);
}

/** Zeros for a vector that is zero but for rounding. */
function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => (length < 1e-9 ? 0 : value / length));
}
