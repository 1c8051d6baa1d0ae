import type { Columns } from './columns';

interface Known {
  readonly version: number;
  readonly length: number;
  readonly range: readonly [lowest: number, highest: number];
}

const NONE = [Infinity, -Infinity] as const;

/** The smallest and largest finite value of growing series; only new values of a series that grew are inspected. */
export class Extremes {
  private readonly known = new WeakMap<Columns, Known>();

  /** Over all series; [0, 1] if no value is finite. */
  of(all: readonly Columns[]): [number, number] {
    let [lowest, highest]: readonly [number, number] = NONE;
    for (const columns of all) {
      const [low, high] = this.ofOne(columns);
      if (low < lowest) lowest = low;
      if (high > highest) highest = high;
    }
    return lowest > highest ? [0, 1] : [lowest, highest];
  }

  private ofOne(columns: Columns): readonly [number, number] {
    const before = this.known.get(columns);
    const { version, values } = columns;
    if (before?.version === version) return before.range;
    const grew = before !== undefined && columns.unchangedSince(before.version) >= before.length;
    let [lowest, highest] = grew ? before.range : NONE;
    for (let i = grew ? before.length : 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
    const range = [lowest, highest] as const;
    this.known.set(columns, { version, length: values.length, range });
    return range;
  }
}
