import { describe, expect, it } from 'vitest';
import { Columns } from '../../../webview/shared/columns';
import { lowerBound, nearestIndex, upperBound } from '../../../webview/shared/search';

function delta(start: number, values: readonly number[]) {
  const column = Float64Array.from(values);
  return { tag: 't', start, steps: column.map((_, i) => start + i), walls: column, values: column };
}

describe('columns of a series', () => {
  it('appends', () => {
    const columns = new Columns();
    for (let i = 0; i < 1000; i++) expect(columns.replaceFrom(delta(i, [i * i]))).toBeUndefined();
    expect(columns.length).toBe(1000);
    expect(columns.values[999]).toBe(998_001);
    expect(columns.steps[500]).toBe(500);
  });

  it('cuts back and continues where a resume starts', () => {
    const columns = new Columns();
    columns.replaceFrom(delta(0, [1, 2, 3, 4, 5]));
    columns.replaceFrom(delta(2, [30]));
    expect([...columns.values]).toEqual([1, 2, 30]);
  });

  it('refuses points that would leave a hole', () => {
    const columns = new Columns();
    columns.replaceFrom(delta(0, [1, 2]));
    const { version } = columns;
    expect(columns.replaceFrom(delta(3, [4]))).toContain('missing');
    expect([...columns.values]).toEqual([1, 2]);
    expect(columns.version).toBe(version);
  });

  it('knows how much is unchanged since a version', () => {
    const columns = new Columns();
    columns.replaceFrom(delta(0, [1, 2, 3, 4, 5]));
    const whole = columns.version;
    columns.replaceFrom(delta(5, [6]));
    expect(columns.unchangedSince(whole)).toBe(Infinity);
    columns.replaceFrom(delta(4, [50]));
    const cut = columns.version;
    columns.replaceFrom(delta(2, [30]));
    columns.replaceFrom(delta(3, [40]));
    expect(columns.unchangedSince(whole)).toBe(2);
    expect(columns.unchangedSince(cut)).toBe(2);
    expect(columns.unchangedSince(columns.version)).toBe(Infinity);
  });

  it('remembers the deepest of several cuts', () => {
    const columns = new Columns();
    columns.replaceFrom(delta(0, [1, 2, 3, 4, 5]));
    const whole = columns.version;
    columns.replaceFrom(delta(1, [20, 30, 40]));
    columns.replaceFrom(delta(3, [41]));
    expect(columns.unchangedSince(whole)).toBe(1);
  });
});

describe('search in ascending columns', () => {
  const column = Float64Array.of(1, 3, 3, 10);

  it('finds bounds', () => {
    expect([lowerBound(column, 3), upperBound(column, 3), lowerBound(column, 11), upperBound(column, 0)]).toEqual([
      1, 3, 4, 0,
    ]);
  });

  it('finds the nearest entry', () => {
    expect([
      nearestIndex(column, -5),
      nearestIndex(column, 6),
      nearestIndex(column, 7),
      nearestIndex(column, 99),
    ]).toEqual([0, 2, 3, 3]);
    expect(nearestIndex(new Float64Array(0), 1)).toBe(-1);
  });
});
