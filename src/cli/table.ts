import { printable } from '../runs/printable';

/** Minimum width of the first column, whatever the terminal. */
const NARROWEST = 16;

/**
 * Lines of columns as wide as their widest cell; empty columns are omitted.
 *
 * @param width of the terminal: cells of the first column are shortened in the middle if the lines would be longer
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[], width = Infinity): string[] {
  const whole = rows.map((row) => row.map((cell) => printable(cell)));
  const lines = laidOut(titles, whole);
  const over = Math.max(...lines.map(({ length }) => length)) - width;
  if (over <= 0) return lines;
  const first = Math.max(NARROWEST, ...[titles, ...whole].map(([cell = '']) => cell.length)) - over;
  const room = Math.max(NARROWEST, first);
  return laidOut(
    titles,
    whole.map(([cell = '', ...rest]) => [middleCut(cell, room), ...rest]),
  );
}

/** "a-very-l…e-name": numbered names differ at their ends, those of a sweep at their beginnings. */
export function middleCut(text: string, room: number): string {
  const characters = Array.from(text);
  if (characters.length <= room) return text;
  const end = Math.floor((room - 1) / 2);
  return `${characters.slice(0, room - 1 - end).join('')}…${characters.slice(characters.length - end).join('')}`;
}

function laidOut(titles: readonly string[], shown: readonly (readonly string[])[]): string[] {
  const used = titles.map((_, column) => shown.some((row) => (row[column] ?? '') !== ''));
  const all = [titles, ...shown].map((row) => row.filter((_, column) => used[column]));
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
