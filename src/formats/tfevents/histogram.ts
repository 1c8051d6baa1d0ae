import type { Histogram } from './event';

/** As many as TensorBoard's own writers take. */
const DEFAULT_BUCKETS = 30;

/**
 * The histogram of some values, in buckets of equal width from the least to the greatest. Values that are not finite are
 * left out, and so are not in `count`. Equal values make one bucket without width.
 *
 * The limits are rounded to 32-bit floats, the precision to which TensorBoard reads them.
 */
export function histogramOf(values: ArrayLike<number>, buckets = DEFAULT_BUCKETS): Histogram {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let sumSquares = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumSquares += value * value;
    count++;
  }
  if (count === 0)
    return { limits: new Float64Array(0), counts: new Float64Array(0), min: 0, max: 0, sum, sumSquares, count };

  // −0 becomes 0: limits, least and greatest value are then the same number in every respect.
  min += 0;
  max += 0;
  const used = max > min ? buckets : 1;
  const width = (max - min) / used;
  const counts = new Float64Array(used);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    counts[width > 0 ? Math.min(used - 1, Math.floor((value - min) / width)) : 0]!++;
  }
  const limits = Float64Array.from({ length: used + 1 }, (_, i) => Math.fround(i === used ? max : min + i * width));
  return { limits, counts, min, max, sum, sumSquares, count };
}

/**
 * The edges of the buckets of a `HistogramProto`, which stores the right edge of each. The outer ones may be as far out as
 * ±1.8e308 (TensorFlow 1) or lie beyond the data (PyTorch), so empty buckets at both ends are dropped and the least and
 * the greatest value take the outer edges' places: the same rule as TensorBoard's.
 */
export function fromRightEdges(
  edges: Float64Array,
  counts: Float64Array,
  min: number,
  max: number,
): Pick<Histogram, 'limits' | 'counts'> {
  const length = Math.min(edges.length, counts.length);
  let first = 0;
  while (first < length && counts[first] === 0) first++;
  let last = length - 1;
  while (last > first && counts[last] === 0) last--;
  if (first >= length) return { limits: new Float64Array(0), counts: new Float64Array(0) };
  const limits = new Float64Array(last - first + 2);
  limits[0] = min;
  limits.set(edges.subarray(first, last), 1);
  limits[limits.length - 1] = max;
  return { limits, counts: counts.slice(first, last + 1) };
}
