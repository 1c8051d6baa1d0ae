import type { HistogramSample } from '../../../src/protocol/logs';
import type { Interval } from './interval';

/** Bins of equal width, common to all compared distributions. */
export interface Bins extends Interval {
  readonly count: number;
}

type Buckets = Pick<HistogramSample, 'limits' | 'counts'>;

/** Nonempty buckets with finite edges, which logs of other programs need not have. */
function* filled({ limits, counts }: Buckets): Generator<{ left: number; right: number; count: number }> {
  const length = Math.min(counts.length, limits.length - 1);
  for (let i = 0; i < length; i++) {
    const [left, right, count] = [limits[i]!, limits[i + 1]!, counts[i]!];
    if (count > 0 && Number.isFinite(count) && Number.isFinite(left) && Number.isFinite(right) && right >= left) {
      yield { left, right, count };
    }
  }
}

export function totalOf(sample: Buckets): number {
  let total = 0;
  for (const { count } of filled(sample)) total += count;
  return total;
}

/** The range of the values; undefined if there are none. */
export function extentOf(sample: Buckets): Interval | undefined {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const { left, right } of filled(sample)) {
    lowest = Math.min(lowest, left);
    highest = Math.max(highest, right);
  }
  return lowest <= highest ? { lowest, highest } : undefined;
}

/** The share of all values in each bin, assuming that those of a bucket are spread evenly in it. */
export function sharesOf(sample: Buckets, { lowest, highest, count: bins }: Bins): Float64Array {
  const shares = new Float64Array(bins);
  const total = totalOf(sample);
  const width = (highest - lowest) / bins;
  if (total === 0 || !(width > 0)) return shares;
  for (const { left, right, count } of filled(sample)) {
    if (right < lowest || left > highest) continue;
    const share = count / total;
    const [from, to] = [(left - lowest) / width, (right - lowest) / width];
    const first = Math.max(0, Math.min(bins - 1, Math.floor(from)));
    const last = Math.max(first, Math.min(bins - 1, Math.ceil(to) - 1));
    if (to - from < 1e-9) shares[first]! += share;
    else {
      for (let bin = first; bin <= last; bin++) {
        const overlap = Math.min(to, bin + 1) - Math.max(from, bin);
        if (overlap > 0) shares[bin]! += (share * overlap) / (to - from);
      }
    }
  }
  return shares;
}

/** The mean, assuming that the values of a bucket are at its middle. */
export function meanOf(sample: Buckets): number {
  let [sum, total] = [0, 0];
  for (const { left, right, count } of filled(sample)) {
    sum += (left / 2 + right / 2) * count;
    total += count;
  }
  return sum / total;
}

/** A quantile, assuming that the values of a bucket are spread evenly in it; NaN without values. */
export function quantileOf(sample: Buckets, share: number): number {
  let missing = totalOf(sample) * share;
  let last = NaN;
  for (const { left, right, count } of filled(sample)) {
    if (missing <= count) return left + (right - left) * (missing / count);
    missing -= count;
    last = right;
  }
  return last;
}
