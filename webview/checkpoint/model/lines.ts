import type { ShownFile } from './file';
import type { TreeLine } from './tree';

export const COLUMNS = ['name', 'type', 'shape', 'elements', 'bytes', 'change', 'mean'] as const;
export type SortColumn = (typeof COLUMNS)[number];

/** How the table is shown; remembered with the editor. */
export interface TableView {
  readonly filter: string;
  readonly sort: SortColumn;
  readonly descending: boolean;
  /** Only what differs from the other file. */
  readonly differing: boolean;
  readonly collapsed: ReadonlySet<string>;
}

const natural = new Intl.Collator('en', { numeric: true });

/** Name prefix of the optimizer's state, which is rarely needed. */
const OPTIMIZER = /^optim/i;

export function isOptimizers(name: string): boolean {
  return OPTIMIZER.test(name);
}

/**
 * The lines of the table: a tree by names, or a flat list if filtered or sorted by another column.
 *
 * @param mean of a tensor, if it is known
 */
export function linesOf(
  file: ShownFile,
  view: TableView,
  mean: (index: number) => number | undefined = () => undefined,
): TreeLine[] {
  const { filter, sort, descending, differing, collapsed } = view;
  const byTree = filter.trim() === '' && sort === 'name' && !descending && !(differing && file.compared);
  if (byTree) return file.tree.lines(collapsed);
  // All words of the filter stand somewhere in name, type or shape ("kernel f32", "784 × 400" as "784x400").
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = words.length > 0 ? file.searchTexts : undefined;
  const all = descending && sort === 'name' ? file.byName.toReversed() : file.byName;
  const fitting = all.filter(
    (index) => (texts?.fits(index, words) ?? true) && (!differing || file.change(index)?.what !== 'same'),
  );
  // A stable sort keeps equal rows in the order of their names.
  const indices = sort === 'name' ? fitting : fitting.sort(comparer(file, sort, descending, mean));
  return indices.map((index) => ({ label: file.rows[index]!.name, depth: 0, index }));
}

/** By the column, largest first if descending; rows that sort last do so in either direction. */
function comparer(
  file: ShownFile,
  sort: Exclude<SortColumn, 'name'>,
  descending: boolean,
  mean: (index: number) => number | undefined,
): (a: number, b: number) => number {
  const compare = ascending(file, sort, mean);
  const last = goesLast(file, sort, mean);
  const sign = descending ? -1 : 1;
  return last === undefined ? (a, b) => sign * compare(a, b) : (a, b) => last(a) - last(b) || sign * compare(a, b);
}

/** 1 for rows that sort last in either direction, else 0. */
function goesLast(file: ShownFile, sort: SortColumn, mean: (index: number) => number | undefined) {
  if (sort === 'mean') return (index: number) => (mean(index) === undefined ? 1 : 0);
  // Optimizer moments change much from step to step and would hide the weights.
  if (sort === 'change') return (index: number) => (isOptimizers(file.rows[index]!.name) ? 1 : 0);
  return undefined;
}

function ascending(
  file: ShownFile,
  sort: Exclude<SortColumn, 'name'>,
  mean: (index: number) => number | undefined,
): (a: number, b: number) => number {
  const row = (index: number) => file.rows[index]!;
  switch (sort) {
    case 'type':
      return (a, b) => natural.compare(row(a).type, row(b).type);
    case 'shape':
      return (a, b) => row(a).shape.length - row(b).shape.length || compareShapes(row(a).shape, row(b).shape);
    case 'elements':
      return (a, b) => row(a).elements - row(b).elements;
    case 'bytes':
      return (a, b) => row(a).bytes - row(b).bytes;
    case 'mean':
      return (a, b) => (mean(a) ?? 0) - (mean(b) ?? 0);
    case 'change':
      return (a, b) => weight(file, a) - weight(file, b);
  }
}

function compareShapes(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((size, i) => size !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** Added, removed or reshaped tensors come before all measured differences. */
function weight(file: ShownFile, index: number): number {
  const change = file.change(index);
  if (change === undefined || change.what === 'same') return -1;
  if (change.what !== 'changed') return Number.MAX_VALUE;
  return Number.isFinite(change.relative) ? change.relative : 1e300;
}
