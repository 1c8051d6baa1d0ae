import { element, setAttributes } from '../shared/dom';
import type { SortColumn } from './model/lines';

const TITLES: readonly { readonly kind: string; readonly title: string; readonly sort?: SortColumn }[] = [
  { kind: 'name', title: 'Tensor', sort: 'name' },
  { kind: 'type', title: 'Type', sort: 'type' },
  { kind: 'shape', title: 'Shape', sort: 'shape' },
  { kind: 'elements', title: 'Parameters', sort: 'elements' },
  { kind: 'bytes', title: 'Size', sort: 'bytes' },
  { kind: 'change', title: 'Change', sort: 'change' },
  { kind: 'mean', title: 'Mean ± std', sort: 'mean' },
  { kind: 'spark', title: 'Histogram' },
];

/** The widest title of a column, with the arrow for sorting. */
export function titleOf(column: string): string {
  return `${TITLES.find(({ kind }) => kind === column)?.title ?? ''} ▲`;
}

/** The titles of the columns; most sort. */
export class TableHead {
  readonly node: HTMLElement;
  private readonly cells = new Map<string, HTMLElement>();

  constructor(sortBy: (column: SortColumn) => void) {
    this.node = element('div', { class: 'row head', role: 'row', 'aria-rowindex': 1 });
    for (const { kind, title, sort } of TITLES) {
      const content = sort ? element('button', { type: 'button' }, title) : title;
      const cell = element('span', { class: `cell ${kind}`, role: 'columnheader' }, content);
      if (sort && content instanceof HTMLElement) content.addEventListener('click', () => sortBy(sort));
      this.cells.set(kind, cell);
      this.node.append(cell);
    }
    this.setCompared(false);
  }

  setSort(column: SortColumn, descending: boolean): void {
    for (const { kind, sort } of TITLES) {
      const on = sort !== undefined && sort === column;
      setAttributes(this.cells.get(kind)!, { 'aria-sort': on ? (descending ? 'descending' : 'ascending') : undefined });
    }
  }

  setCompared(compared: boolean): void {
    this.cells.get('change')!.hidden = !compared;
  }
}
