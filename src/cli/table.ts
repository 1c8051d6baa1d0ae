import { printable } from '../runs/printable';

/** Lines of columns that are as wide as their widest cell; a column that says nothing at all is left out. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const shown = rows.map((row) => row.map((cell) => printable(cell)));
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
