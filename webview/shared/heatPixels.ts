/** A series of a heat map: values at ascending positions. */
export interface HeatRow {
  readonly xs: Float64Array;
  readonly values: Float64Array;
}

type Rgb = readonly number[];

/** The smallest value is close to `from`, the largest is `to`; values that are not finite are `broken`. */
export interface HeatColors {
  readonly lowest: number;
  readonly highest: number;
  readonly from: Rgb;
  readonly to: Rgb;
  readonly broken: Rgb;
}

/** Keeps the smallest value distinguishable from missing ones. */
const PALEST = 0.08;

/**
 * The pixels of a heat map, RGBA: a column for each of `places`, `height` lines for the rows. If there are more rows
 * than lines, several share a line, which has the color of their mean: no screen shows thousands of lines, and painting
 * them took longer than the interval between two updates.
 */
export function heatPixels(
  rows: readonly HeatRow[],
  places: Float64Array,
  height: number,
  { lowest, highest, from, to, broken }: HeatColors,
): Uint8ClampedArray<ArrayBuffer> {
  const width = places.length;
  const pixels = new Uint8ClampedArray(4 * width * height);
  const nearest = new Int32Array(width);
  const sums = new Float64Array(width);
  let known: Float64Array | undefined;
  for (let line = 0; line < height; line++) {
    const [first, end] = [line, line + 1].map((edge) => Math.floor((edge * rows.length) / height)) as [number, number];
    sums.fill(0);
    for (let row = first; row < end; row++) {
      const { xs, values } = rows[row]!;
      // Values that are logged together have the same steps.
      if (known === undefined || !equal(known, xs)) findNearest(xs, places, nearest);
      known = xs;
      for (let pixel = 0; pixel < width; pixel++) sums[pixel]! += values[nearest[pixel]!]!;
    }
    for (let pixel = 0; pixel < width; pixel++) {
      const value = sums[pixel]! / (end - first);
      const finite = Number.isFinite(value);
      const share = finite ? PALEST + ((1 - PALEST) * (value - lowest)) / (highest - lowest || 1) : 1;
      const towards = finite ? to : broken;
      const at = 4 * (line * width + pixel);
      for (let part = 0; part < 3; part++) pixels[at + part] = from[part]! + share * (towards[part]! - from[part]!);
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

function equal(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = a.length - 1; i >= 0; i--) if (a[i] !== b[i]) return false;
  return true;
}

/** The index of the point nearest to each position; the last point has a cell too. */
function findNearest(xs: Float64Array, places: Float64Array, nearest: Int32Array): void {
  let index = 0;
  for (let pixel = 0; pixel < places.length; pixel++) {
    const x = places[pixel]!;
    while (index + 1 < xs.length && xs[index + 1]! - x <= x - xs[index]!) index++;
    nearest[pixel] = index;
  }
}
