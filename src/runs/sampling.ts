import type { HistogramSample } from '../protocol/logs';

/** Maximum number of histograms per tag and answer: more rows than a view can draw. */
export const MOST_HISTOGRAMS = 500;
/** Maximum number of buckets per histogram: more than a view draws, while a log may have 2^18. */
const MOST_BUCKETS = 512;

/** At most `most` of the items, evenly spaced and with the last. */
export function thinned<T>(items: readonly T[], most: number): readonly T[] {
  const stride = Math.ceil(items.length / most);
  return items.filter((_, index) => (items.length - 1 - index) % stride === 0);
}

/** A copy of a histogram, in which neighboring buckets are merged where there are too many. */
export function coarse({ limits, counts }: Pick<HistogramSample, 'limits' | 'counts'>): {
  limits: Float64Array;
  counts: Float64Array;
} {
  const size = Math.ceil(counts.length / MOST_BUCKETS);
  if (size <= 1) return { limits: limits.slice(), counts: counts.slice() };
  const merged = new Float64Array(Math.ceil(counts.length / size));
  const edges = new Float64Array(merged.length + 1);
  for (let i = 0; i < counts.length; i++) merged[Math.floor(i / size)]! += counts[i]!;
  for (let i = 0; i < merged.length; i++) edges[i] = limits[i * size]!;
  edges[merged.length] = limits[counts.length]!;
  return { limits: edges, counts: merged };
}
