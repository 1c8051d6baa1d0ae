import { describe, expect, it } from 'vitest';
import { Columns } from '../../../webview/shared/columns';
import { Extremes } from '../../../webview/shared/extremes';
import { heatPixels, type HeatRow } from '../../../webview/shared/heatPixels';

const colors = { lowest: -1, highest: 1, from: [10, 20, 30], to: [200, 100, 0], broken: [90, 91, 92] } as const;

/** Every pixel by itself, as the definition has it. */
function direct(rows: readonly HeatRow[], places: Float64Array): number[] {
  return rows.flatMap(({ xs, values }) =>
    [...places].flatMap((x) => {
      const distances = [...xs].map((each) => Math.abs(each - x));
      const value = values[distances.lastIndexOf(Math.min(...distances))]!;
      if (!Number.isFinite(value)) return [...colors.broken, 255];
      const share = 0.08 + (0.92 * (value - colors.lowest)) / (colors.highest - colors.lowest);
      const mixed = colors.from.map((part, i) => part + share * (colors.to[i]! - part));
      return [...Uint8ClampedArray.from(mixed), 255];
    }),
  );
}

/** Rows of which some have points of their own, and gaps. */
function someRows(count: number): HeatRow[] {
  return Array.from({ length: count }, (_, row) => {
    const length = row % 3 === 2 ? 5 : 9;
    const xs = Float64Array.from({ length }, (_, i) => i * (row % 3 === 1 ? 10 : 11) + (i > 4 ? 30 : 0));
    return { xs, values: xs.map((x, i) => (row === 4 && i === 2 ? NaN : Math.sin(row * 7 + x))) };
  });
}

const places = Float64Array.from({ length: 37 }, (_, pixel) => ((pixel + 0.5) / 37) * 120);

describe('the pixels of a heat map', () => {
  it('are those that each value has by itself, where every row has a line', () => {
    const rows = someRows(12);
    expect([...heatPixels(rows, places, 12, colors)]).toEqual(direct(rows, places));
  });

  it('are those of the mean where rows share a line, and none of them hides what is no number', () => {
    const rows = someRows(10);
    const means = [0, 1, 2, 3].map((line) => {
      const [first, end] = [Math.floor(line * 2.5), Math.floor((line + 1) * 2.5)];
      const mine = rows.slice(first, end).map((row) => ({ xs: places, values: resampled(row) }));
      const values = places.map((_, i) => mine.reduce((sum, row) => sum + row.values[i]!, 0) / mine.length);
      return { xs: places, values };
    });
    const found = [...heatPixels(rows, places, 4, colors)];
    expect(found).toEqual(direct(means, places));
    expect(found.filter((_, i) => i % 4 === 0)).toContain(colors.broken[0]);
  });

  it('are no more than the lines that were asked for, of however many rows', () => {
    expect(heatPixels(someRows(4096), places, 170, colors).length).toBe(4 * 37 * 170);
  });
});

function resampled({ xs, values }: HeatRow): Float64Array {
  return places.map((x) => {
    const distances = [...xs].map((each) => Math.abs(each - x));
    return values[distances.lastIndexOf(Math.min(...distances))]!;
  });
}

describe('the extremes of growing series', () => {
  const put = (columns: Columns, start: number, values: readonly number[]) => {
    const column = Float64Array.from(values);
    const problem = columns.replaceFrom({ tag: 't', start, steps: column, walls: column, values: column });
    expect(problem).toBeUndefined();
  };

  it('are right after a series grew, and after some of it was replaced', () => {
    const [columns, other, extremes] = [new Columns(), new Columns(), new Extremes()];
    expect(extremes.of([columns])).toEqual([0, 1]);
    put(columns, 0, [3, NaN, 5]);
    put(other, 0, [4]);
    expect(extremes.of([columns, other])).toEqual([3, 5]);
    put(columns, 3, [9, -Infinity]);
    expect(extremes.of([columns, other])).toEqual([3, 9]);
    // Resumed from before the largest: it is gone.
    put(columns, 2, [4.5]);
    expect(extremes.of([columns, other])).toEqual([3, 4.5]);
    put(columns, 1, [7]);
    put(columns, 2, [1, 2]);
    expect(extremes.of([columns, other])).toEqual([1, 7]);
  });
});
