import type { ScalarColumns, ScalarDelta } from '../protocol/logs';

/** The points of one tag as columns that grow, in strictly ascending steps. */
export class ScalarSeries {
  private steps = new Float64Array(64);
  private walls = new Float64Array(64);
  private values = new Float64Array(64);
  private count = 0;
  /** The first point that changed since {@link takeDelta}; Infinity when none did. */
  private changed = 0;

  constructor(readonly tag: string) {}

  get length(): number {
    return this.count;
  }

  /** Adds a point; those at its step or a later one are superseded by it. Returns how much the length grew. */
  add(step: number, wall: number, value: number): number {
    const before = this.count;
    if (this.count > 0 && step <= this.steps[this.count - 1]!) this.cut(step);
    if (this.count === this.steps.length) this.grow();
    this.steps[this.count] = step;
    this.walls[this.count] = wall;
    this.values[this.count] = value;
    this.changed = Math.min(this.changed, this.count);
    this.count++;
    return this.count - before;
  }

  /** Drops the points at `step` and after it. Returns how many these were. */
  cut(step: number): number {
    const index = lowerBound(this.steps, this.count, step);
    const dropped = this.count - index;
    if (dropped > 0) this.changed = Math.min(this.changed, index);
    this.count = index;
    return dropped;
  }

  /** All points, in arrays of their own. */
  snapshot(): ScalarDelta {
    return { tag: this.tag, start: 0, ...this.columns(0) };
  }

  /** Lets {@link takeDelta} give all points. */
  touch(): void {
    this.changed = 0;
  }

  /** Changes since the last call, as copies. */
  takeDelta(): ScalarDelta | undefined {
    if (this.changed === Infinity) return undefined;
    const start = Math.min(this.changed, this.count);
    this.changed = Infinity;
    return { tag: this.tag, start, ...this.columns(start) };
  }

  private columns(start: number): ScalarColumns {
    return {
      steps: this.steps.slice(start, this.count),
      walls: this.walls.slice(start, this.count),
      values: this.values.slice(start, this.count),
    };
  }

  private grow(): void {
    const larger = (column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(column.length * 2);
      grown.set(column);
      return grown;
    };
    this.steps = larger(this.steps);
    this.walls = larger(this.walls);
    this.values = larger(this.values);
  }
}

/** The first of the ascending `steps[0…count)` that is not less than `step`. */
export function lowerBound(steps: ArrayLike<number>, count: number, step: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
