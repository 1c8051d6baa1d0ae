import type { ViewScalarDelta } from '../../src/protocol/views';

/**
 * The points of one series as three growing columns. A capacity that doubles keeps an append at amortized constant cost,
 * and a million points at 24 MB.
 */
export class Columns {
  private capacity = 0;
  private stepColumn = new Float64Array(0);
  private wallColumn = new Float64Array(0);
  private valueColumn = new Float64Array(0);
  private count = 0;
  private changes = 0;
  /** The first point whose wall time is not at or after the one before it. */
  private firstSetBack = Infinity;
  private cuts: { readonly version: number; readonly start: number }[] = [];

  get length(): number {
    return this.count;
  }

  /** Increments with every change, so that a view can tell whether it is outdated. */
  get version(): number {
    return this.changes;
  }

  /** Views of the columns, valid until the next change. */
  get steps(): Float64Array {
    return this.stepColumn.subarray(0, this.count);
  }
  /** Seconds since 1970 by the clock of the machine that wrote them; they may go back, see {@link RunView.timesOf}. */
  get walls(): Float64Array {
    return this.wallColumn.subarray(0, this.count);
  }
  get values(): Float64Array {
    return this.valueColumn.subarray(0, this.count);
  }

  /** Whether no point has an earlier wall time than the one before it, and all are finite. */
  get wallsAscend(): boolean {
    return this.firstSetBack === Infinity;
  }

  /**
   * How many leading points are the same as they were at `version` (∞ if it only grew): what is derived from the points,
   * such as smoothing, continues from there.
   */
  unchangedSince(version: number): number {
    return this.cuts.find((cut) => cut.version > version)?.start ?? Infinity;
  }

  /**
   * Replaces everything from `delta.start` on. Changes nothing, and returns the reason, where points are missing between
   * what is here and what came, or the columns do not belong together.
   */
  replaceFrom(delta: ViewScalarDelta): string | undefined {
    const { start, steps, walls, values } = delta;
    if (!isColumn(steps) || !isColumn(walls) || !isColumn(values)) return 'a curve came without its points';
    if (steps.length !== values.length || walls.length !== values.length) return 'a curve came with columns cut short';
    if (!Number.isSafeInteger(start) || start < 0) return 'a curve came with a start that is none';
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

  /** Ascending in version and in start: an older cut further up says nothing that this one doesn't. */
  private noteCut(start: number): void {
    this.cuts = [...this.cuts.filter((cut) => cut.start < start), { version: this.changes, start }];
  }

  private reserve(length: number): void {
    if (length <= this.capacity) return;
    // Exact at first: of thousands of tags most have few points.
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

/** What arrived is looked at, whatever its type says. */
function isColumn(value: unknown): value is Float64Array {
  return value instanceof Float64Array;
}
