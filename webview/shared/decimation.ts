import { lowerBound, upperBound } from './search';

/**
 * Thins a curve to what its pixels can show. For each pixel column the first, lowest, highest and last points are kept
 * (the M4 aggregation of Jugel et al. 2014), so the drawn line is the same as with all points and a spike of a single
 * step is never lost.
 */

export interface DecimationInput {
  /** Ascending, before the transform. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** The drawn position of x is (xs − offset) · scale. */
  readonly offset: number;
  readonly scale: number;
  /** The visible range, after the transform. One more point on either side is kept, so that lines reach the edges. */
  readonly minimum: number;
  readonly maximum: number;
  readonly pixels: number;
  /** Values that cannot be drawn become gaps: those that are not finite and, on a logarithmic scale, not positive. */
  readonly positiveOnly: boolean;
}

export interface Decimated {
  /**
   * Points in drawing order; a gap is a NaN in `y`. At most six per pixel column; the views are valid until the next
   * call.
   */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** The range of the drawable values inside the visible range; ∞ and −∞ if there are none. */
  readonly lowest: number;
  readonly highest: number;
}

/** Reuses its output between calls, so each curve needs its own. */
export class Decimator {
  private x = new Float64Array(1024);
  private y = new Float64Array(1024);
  private length = 0;

  run(input: DecimationInput): Decimated {
    const { xs, ys, offset, scale, minimum, maximum, positiveOnly } = input;
    const toPixel = input.pixels / Math.max(maximum - minimum, Number.MIN_VALUE);
    const begin = Math.max(0, lowerBound(xs, minimum / scale + offset) - 1);
    const end = Math.min(xs.length, upperBound(xs, maximum / scale + offset) + 1);
    this.length = 0;
    let lowest = Infinity;
    let highest = -Infinity;
    let i = begin;
    while (i < end) {
      const bucket = Math.floor(((xs[i]! - offset) * scale - minimum) * toPixel);
      // The start of the next pixel column, found by binary search, which saves the loop below a division per point.
      const edge = (minimum + (bucket + 1) / toPixel) / scale + offset;
      const next = Math.max(i + 1, lowerBound(xs, edge, i, end));
      const startsWithGap = !drawable(ys[i]!, positiveOnly);
      const endsWithGap = !drawable(ys[next - 1]!, positiveOnly);
      let first = -1;
      let low = -1;
      let high = -1;
      let last = -1;
      let least = Infinity;
      let most = -Infinity;
      for (; i < next; i++) {
        const value = ys[i]!;
        if (!drawable(value, positiveOnly)) continue;
        if (first < 0) first = i;
        last = i;
        if (value < least) {
          least = value;
          low = i;
        }
        if (value > most) {
          most = value;
          high = i;
        }
      }
      if (startsWithGap) this.gap((xs[i - 1]! - offset) * scale);
      if (first < 0) continue;
      const inside = bucket >= 0 && bucket <= input.pixels;
      if (inside) {
        lowest = Math.min(lowest, ys[low]!);
        highest = Math.max(highest, ys[high]!);
      }
      let previous = -1;
      for (const index of [first, Math.min(low, high), Math.max(low, high), last]) {
        if (index !== previous) this.push((xs[index]! - offset) * scale, ys[index]!);
        previous = index;
      }
      if (endsWithGap) this.gap((xs[i - 1]! - offset) * scale);
    }
    return { x: this.x.subarray(0, this.length), y: this.y.subarray(0, this.length), lowest, highest };
  }

  private gap(x: number): void {
    if (this.length > 0 && !Number.isNaN(this.y[this.length - 1]!)) this.push(x, NaN);
  }

  private push(x: number, y: number): void {
    if (this.length === this.x.length) {
      const grow = (column: Float64Array) => {
        const grown = new Float64Array(column.length * 2);
        grown.set(column);
        return grown;
      };
      this.x = grow(this.x);
      this.y = grow(this.y);
    }
    this.x[this.length] = x;
    this.y[this.length++] = y;
  }
}

function drawable(value: number, positiveOnly: boolean): boolean {
  return Number.isFinite(value) && (!positiveOnly || value > 0);
}
