/** Ends of a range of values, ascending. */
export interface Interval {
  readonly lowest: number;
  readonly highest: number;
}

/** Beyond this, differences overflow. */
const LARGEST = 1e150;
/** A range is kept while the shown values take at least this share of it. */
const LEAST_SHARE = 0.3;
const MARGIN = 0.06;

/** With margins; an empty range gets a width. */
export function padded({ lowest, highest }: Interval): Interval {
  const [low, high] = [clamp(lowest, -LARGEST, LARGEST), clamp(highest, -LARGEST, LARGEST)];
  const margin = high > low ? (high - low) * MARGIN : Math.max(Math.abs(low) * 0.1, 0.5);
  return { lowest: low - margin, highest: high + margin };
}

/**
 * The range to show `needed`: the previous one while that fits and is not far too wide, so that the picture stays still
 * while the playhead moves, but values that once diverged do not squeeze everything after them.
 */
export function steadied(before: Interval | undefined, needed: Interval): Interval {
  if (before !== undefined) {
    const inside = needed.lowest >= before.lowest && needed.highest <= before.highest;
    const share = (needed.highest - needed.lowest) / (before.highest - before.lowest);
    if (inside && share >= LEAST_SHARE) return before;
  }
  const fresh = padded(needed);
  if (before === undefined) return fresh;
  // If one includes the other except for an edge, the range grows instead of moving.
  const both = { lowest: Math.min(before.lowest, fresh.lowest), highest: Math.max(before.highest, fresh.highest) };
  const share = (needed.highest - needed.lowest) / (both.highest - both.lowest);
  return share >= LEAST_SHARE ? both : fresh;
}

export function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(highest, value));
}
