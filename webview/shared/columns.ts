import type { ViewScalarDelta } from '../../src/protocol/views';

/**
 * The points of one series as three growing columns. Doubling the capacity keeps an append at amortized constant cost,
 * and a million points at 24 MB.
 */
export class Columns {
  private capacity = 0;
  private stepColumn = new Float64Array(0);
  private wallColumn = new Float64Array(0);
  private valueColumn = new Float64Array(0);
  private count = 0;
  private changes = 0;
  /** Index of the first point whose wall time is earlier than that of its predecessor. */
  private firstSetBack = Infinity;
  private cuts: { readonly version: number; readonly start: number }[] = [];

  get length(): number {
    return this.count;
  }

  /** Incremented with every change, so that a view can tell whether it is outdated. */
  get version(): number {
    return this.changes;
  }

  /** Views of the columns, valid until the next change. */
  get steps(): Float64Array {
    return this.stepColumn.subarray(0, this.count);
  }
  /** Seconds since 1970 by the clock of the writing machine; they may decrease, see {@link RunView.timesOf}. */
  get walls(): Float64Array {
    return this.wallColumn.subarray(0, this.count);
  }
  get values(): Float64Array {
    return this.valueColumn.subarray(0, this.count);
  }

  /** Whether all wall times are finite and none is earlier than its predecessor. */
  get wallsAscend(): boolean {
    return this.firstSetBack === Infinity;
  }

  /**
   * Number of leading points unchanged since `version` (∞ if the series only grew): derived data, such as smoothing,
   * continues from there.
   */
  unchangedSince(version: number): number {
    return this.cuts.find((cut) => cut.version > version)?.start ?? Infinity;
  }

  /**
   * Replaces everything from `delta.start` on. Changes nothing, and returns the reason, if points before the delta are
   * missing or its columns are inconsistent.
   */
  replaceFrom(delta: ViewScalarDelta): string | undefined {
    const { start, steps, walls, values } = delta;
    if (!isColumn(steps) || !isColumn(walls) || !isColumn(values)) return 'a curve arrived without its points';
    if (steps.length !== values.length || walls.length !== values.length)
      return 'a curve arrived with truncated columns';
    if (!Number.isSafeInteger(start) || start < 0) return 'a curve arrived with an invalid start';
    if (start > this.count) return 'points are missing within a curve';
    const length = start + values.length;
    this.reserve(length);
    this.stepColumn.set(steps, start);
    this.wallColumn.set(walls, start);
    this.valueColumn.set(values, start);
    this.changes++;
    if (start < this.count) this.noteCut(start);
    this.count = length;
    if (start <= this.firstSetBack) this.firstSetBack = this.findSetBack(start);
    return undefined;
  }

  private findSetBack(from: number): number {
    const walls = this.wallColumn;
    for (let i = from; i < this.count; i++) {
      if (!Number.isFinite(walls[i]!) || (i > 0 && walls[i]! < walls[i - 1]!)) return i;
    }
    return Infinity;
  }

  /** Ascending in version and in start: an older cut at a later index is implied by this one. */
  private noteCut(start: number): void {
    this.cuts = [...this.cuts.filter((cut) => cut.start < start), { version: this.changes, start }];
  }

  private reserve(length: number): void {
    if (length <= this.capacity) return;
    // Exact at first: most of thousands of tags have few points.
    this.capacity = Math.max(length, this.capacity * 2);
    const grow = (column: Float64Array<ArrayBuffer>) => {
      const grown = new Float64Array(this.capacity);
      grown.set(column.subarray(0, this.count));
      return grown;
    };
    this.stepColumn = grow(this.stepColumn);
    this.wallColumn = grow(this.wallColumn);
    this.valueColumn = grow(this.valueColumn);
  }
}

/** Checked at run time, whatever the type says. */
function isColumn(value: unknown): value is Float64Array {
  return value instanceof Float64Array;
}
