import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../webview/shared/overlay';
import { rowsOf, windowAround } from '../../../webview/shared/readout';

const reading = (key: string, label: string, number: number): Reading => ({
  key,
  run: key,
  label,
  kind: 0,
  number,
  value: String(number),
  color: '#000000',
  dash: [],
  pixelX: 0,
  pixelY: 0,
});

describe('the values at the crosshair', () => {
  it('are a row for each run, the highest first, what is no number last', () => {
    const rows = rowsOf([
      reading('a', 'train', NaN),
      reading('b', 'train', 1),
      reading('c', 'train', 3),
      reading('b', 'test', 2),
    ]);
    expect(rows.map(({ run, readings }) => `${run} ${readings.length}`)).toEqual(['c 1', 'b 2', 'a 1']);
  });

  it('are those around the nearest where not all fit', () => {
    const rows = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(windowAround(rows, 5, 4)).toEqual([3, 4, 5, 6]);
    expect(windowAround(rows, 0, 4)).toEqual([0, 1, 2, 3]);
    expect(windowAround(rows, 9, 4)).toEqual([6, 7, 8, 9]);
    expect(windowAround(rows, -1, 4)).toEqual([0, 1, 2, 3]);
    expect(windowAround(rows, 5, 10)).toEqual(rows);
  });
});
