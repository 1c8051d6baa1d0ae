import type { Decimated } from './decimation';

export interface Bounds {
  /** Larger than `highest` if there is no value at all. */
  readonly lowest: number;
  readonly highest: number;
}

/** The initial share of a curve that does not stretch the axis: a model's loss falls from hundreds of nats at once. */
const BEGINNING = 0.02;
/** Values outside these quantiles may be outliers … */
const OUTLIERS = 0.01;
/** … and are, if they are farther away than this multiple of the range between the quantiles. */
const FENCE = 0.5;
/** Up to this number, every point counts. */
const FEW = 20;

export function unite(all: readonly Bounds[]): Bounds {
  return {
    lowest: Math.min(...all.map(({ lowest }) => lowest)),
    highest: Math.max(...all.map(({ highest }) => highest)),
  };
}

/**
 * The range that shows most of a curve in detail: among the visible points after the curve's beginning, the extremes
 * inside fences around the bulk (the whiskers of a box plot, with wider quantiles: Tukey 1977). Values outside are not
 * shown, and have to be marked.
 * @param line thinned for the visible range, which preserves its extremes
 * @param whole x of the curve's first and last point
 * @param visible the part of the x axis that is shown
 */
export function robustBounds(
  line: Decimated,
  whole: { readonly minimum: number; readonly maximum: number },
  visible: { readonly minimum: number; readonly maximum: number },
): Bounds {
  const { x, y, lowest, highest } = line;
  if (y.length < FEW) return { lowest, highest };
  const begin = Math.max(visible.minimum, whole.minimum + BEGINNING * (whole.maximum - whole.minimum));
  const values: number[] = [];
  for (let i = 0; i < y.length; i++) {
    if (x[i]! >= begin && x[i]! <= visible.maximum && Number.isFinite(y[i]!)) values.push(y[i]!);
  }
  // The view is zoomed into the beginning, so that counts.
  if (values.length === 0) return { lowest, highest };
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  if (sorted.length < FEW) return { lowest: sorted[0]!, highest: sorted[last]! };
  const cut = Math.ceil(sorted.length * OUTLIERS);
  const fence = FENCE * (sorted[last - cut]! - sorted[cut]!);
  const [floor, ceiling] = [sorted[cut]! - fence, sorted[last - cut]! + fence];
  return {
    lowest: sorted.find((value) => value >= floor)!,
    highest: sorted.findLast((value) => value <= ceiling)!,
  };
}

/** Adds margins above and below, and makes a range even if all values are equal or there is none. */
export function yRange({ lowest, highest }: Bounds, logarithmic: boolean): { minimum: number; maximum: number } {
  if (lowest > highest) return logarithmic ? { minimum: 0.1, maximum: 10 } : { minimum: 0, maximum: 1 };
  if (logarithmic) {
    const air = Math.max((highest / lowest) ** 0.05, 1.02);
    return { minimum: lowest / air, maximum: highest * air };
  }
  const air = (highest - lowest) * 0.06 || Math.abs(highest) * 0.05 || 0.5;
  // The axis of a quantity that is never negative (a KL, a rate) should not extend below 0.
  const minimum = lowest >= 0 && lowest - air < 0 ? 0 : lowest - air;
  return { minimum, maximum: highest + air };
}

/** A section of a curve above or below the shown range: its position and its farthest value. */
export interface Departure {
  readonly x: number;
  readonly value: number;
  readonly above: boolean;
}

/**
 * The sections of a curve outside the vertical range; those nearer to each other than `spacing` (in x) count as one.
 */
export function departures(
  { x, y }: Pick<Decimated, 'x' | 'y'>,
  visible: { readonly minimum: number; readonly maximum: number },
  range: { readonly minimum: number; readonly maximum: number },
  spacing: number,
): Departure[] {
  const found: Departure[] = [];
  for (let i = 0; i < y.length; i++) {
    const [at, value] = [x[i]!, y[i]!];
    if (at < visible.minimum || at > visible.maximum) continue;
    if (!(value > range.maximum || value < range.minimum)) continue;
    const above = value > range.maximum;
    const before = found.findLastIndex((departure) => departure.above === above);
    const known = found[before];
    if (known === undefined || at - known.x > spacing) found.push({ x: at, value, above });
    else if (above ? value > known.value : value < known.value) found[before] = { x: at, value, above };
  }
  return found;
}
