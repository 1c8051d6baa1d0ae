import { errorMessage } from '../../../src/common/systemError';
import type { TensorRow, TensorSlice } from '../../../src/protocol/tensors';
import { element, setAttributes, setHidden, setText } from '../../shared/dom';
import { formatCount, formatExact, formatShort } from '../format';
import type { Asked, Link } from '../link';

const CELL_WIDTH = 82;
const CELL_HEIGHT = 20;
const MARGIN = 64;
/**
 * Browsers have no exact scroll position in an element of more than some ten million pixels; further rows are reached
 * by number.
 */
const MOST_ROWS = 400_000;
const MOST_COLUMNS = 100_000;
/** Rows and columns of context kept before the one that is scrolled to. */
const BEFORE = 100;

const AXES = {
  row: { input: 'rowInput', most: MOST_ROWS, cell: CELL_HEIGHT, scroll: 'scrollTop' },
  column: { input: 'columnInput', most: MOST_COLUMNS, cell: CELL_WIDTH, scroll: 'scrollLeft' },
} as const;

/** The values of a tensor as a sheet: its last two dimensions scroll, the others are chosen by index. */
export class ValuesTab {
  private readonly leading = element('div', { class: 'leading' });
  private readonly rowInput = numberInput('Go to row');
  private readonly columnInput = numberInput('Go to column');
  private readonly columnLabel = element('label', { class: 'dim' }, 'Column ', this.columnInput);
  private readonly note = element('span', { class: 'dim', role: 'status' });
  private readonly sheet = element('div', { class: 'sheet', role: 'table', 'aria-label': 'Values' });
  private readonly scroller = element(
    'div',
    { class: 'values', tabindex: 0, role: 'region', 'aria-label': 'Sheet of values' },
    this.sheet,
  );
  readonly node = element(
    'div',
    { class: 'values-tab' },
    element(
      'div',
      { class: 'bar' },
      this.leading,
      element('label', { class: 'dim' }, 'Row ', this.rowInput),
      this.columnLabel,
      this.note,
    ),
    this.scroller,
  );
  private tensor: { readonly index: number; readonly row: TensorRow } | undefined;
  private indices: number[] = [];
  /** The first visible row and column. */
  private base = { row: 0, column: 0 };
  private asked: Asked<TensorSlice> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly link: Pick<Link, 'ask'>) {
    this.scroller.addEventListener('scroll', () => this.soon());
    this.rowInput.addEventListener('change', () => this.goTo('row'));
    this.columnInput.addEventListener('change', () => this.goTo('column'));
    new ResizeObserver(() => this.soon()).observe(this.scroller);
  }

  show(index: number, row: TensorRow): void {
    if (this.tensor?.index === index) return;
    this.clear();
    this.tensor = { index, row };
    this.indices = row.shape.slice(0, -2).map(() => 0);
    this.leading.replaceChildren(...this.indices.map((_, i) => this.leadingInput(i, row.shape[i]!)));
    this.base = { row: 0, column: 0 };
    this.rowInput.value = '0';
    this.columnInput.value = '0';
    setHidden(this.columnLabel, this.size.columns < 2);
    this.layOut();
    this.scroller.scrollTo(0, 0);
    this.load();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.asked?.cancel();
    this.asked = undefined;
    this.tensor = undefined;
    this.sheet.replaceChildren();
    setText(this.note, '');
  }

  private get size(): { rows: number; columns: number } {
    const shape = this.tensor?.row.shape ?? [];
    if (shape.length < 2) return { rows: shape[0] ?? 1, columns: 1 };
    const [rows, columns] = shape.slice(-2) as [number, number];
    return { rows, columns };
  }

  private leadingInput(dimension: number, size: number): HTMLElement {
    const input = element('input', { type: 'number', min: 0, max: size - 1, value: 0 });
    input.setAttribute('aria-label', `Index in dimension ${dimension}, of ${size}`);
    input.title = `Dimension ${dimension}: 0 to ${size - 1}`;
    input.addEventListener('change', () => {
      const index = Math.max(0, Math.min(size - 1, Math.floor(Number(input.value) || 0)));
      input.value = String(index);
      this.indices[dimension] = index;
      this.load();
    });
    return element('label', { class: 'dim' }, `[${dimension}] `, input);
  }

  private goTo(axis: 'row' | 'column'): void {
    const { input, most, cell, scroll } = AXES[axis];
    const count = axis === 'row' ? this.size.rows : this.size.columns;
    const wanted = clamped(Number(this[input].value), count);
    this[input].value = String(wanted);
    this.base[axis] = count > most ? Math.max(0, Math.min(wanted - BEFORE, count - most)) : 0;
    this.layOut();
    this.scroller[scroll] = (wanted - this.base[axis]) * cell;
    this.load();
  }

  private layOut(): void {
    const { rows, columns } = this.size;
    this.sheet.style.height = `${(Math.min(rows, MOST_ROWS) + 1) * CELL_HEIGHT}px`;
    this.sheet.style.width = `${MARGIN + Math.min(columns, MOST_COLUMNS) * CELL_WIDTH}px`;
    setAttributes(this.sheet, { 'aria-rowcount': rows + 1, 'aria-colcount': columns + 1 });
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 60);
  }

  /** Requests the visible values and a margin. */
  private load(): void {
    const { tensor, scroller } = this;
    if (tensor === undefined || scroller.clientHeight === 0) return;
    this.asked?.cancel();
    const row = this.base.row + Math.max(0, Math.floor(scroller.scrollTop / CELL_HEIGHT) - 4);
    const column = this.base.column + Math.max(0, Math.floor(scroller.scrollLeft / CELL_WIDTH) - 1);
    const rows = Math.min(200, Math.ceil(scroller.clientHeight / CELL_HEIGHT) + 8);
    const columns = Math.min(64, Math.ceil(scroller.clientWidth / CELL_WIDTH) + 3);
    const query = { leading: [...this.indices], row, column, rows, columns };
    const asked = this.link.ask('slice', { tensor: tensor.index, query });
    this.asked = asked;
    asked.answer.then(
      (slice) => this.asked === asked && this.draw(slice, tensor.row),
      (error: unknown) => {
        if (this.asked === asked) setText(this.note, errorMessage(error));
      },
    );
  }

  private draw(slice: TensorSlice, row: TensorRow): void {
    const { row: top, column: left } = slice;
    const titles = Array.from({ length: slice.columns }, (_, c) =>
      this.cell('columnheader', -1, left + c, formatCount(left + c)),
    );
    const lines = [element('div', { role: 'row', 'aria-rowindex': 1 }, ...titles)];
    for (let r = 0; r < slice.rows; r++) {
      const line = element('div', { role: 'row', 'aria-rowindex': top + r + 2 });
      line.append(this.cell('rowheader', top + r, -1, formatCount(top + r)));
      for (let c = 0; c < slice.columns; c++) line.append(this.valueCell(slice, row, r, c));
      lines.push(line);
    }
    this.sheet.replaceChildren(...lines);
    setText(this.note, slice.rows * slice.columns === 0 ? 'It has no values.' : '');
  }

  private valueCell(slice: TensorSlice, { type, shape }: TensorRow, r: number, c: number): HTMLElement {
    const at = r * slice.columns + c;
    const complex = type.startsWith('C');
    const value = slice.values[complex ? at * 2 : at];
    const exact = slice.texts?.[at];
    const [short, long] = complex
      ? [complexText(slice.values, at, formatShort), complexText(slice.values, at, formatExact)]
      : [exact ?? formatShort(value), exact ?? formatExact(value)];
    const node = this.cell('cell', slice.row + r, slice.column + c, short);
    const indices = [...slice.leading, slice.row + r, slice.column + c];
    // A vector is shown as one column, which is none of its dimensions; a scalar has no index at all.
    const own = shape.length < 2 ? indices.slice(0, shape.length) : indices;
    node.title = `[${own.join(', ')}] ${long}`;
    const all = complex ? [value, slice.values[at * 2 + 1]] : [value];
    if (all.some((each) => each !== undefined && !Number.isFinite(each))) node.classList.add('bad');
    return node;
  }

  /** @param row and `column`: of the tensor; −1 for a title, which stays at the edge while the rest scrolls */
  private cell(role: 'columnheader' | 'rowheader' | 'cell', row: number, column: number, text: string): HTMLElement {
    const kind = { columnheader: 'title', rowheader: 'title margin', cell: 'value' }[role];
    const node = element('span', { class: `sheet-cell number ${kind}`, role, 'aria-colindex': column + 2 }, text);
    const { base, scroller } = this;
    node.style.top = `${row < 0 ? scroller.scrollTop : (row - base.row + 1) * CELL_HEIGHT}px`;
    node.style.left = `${column < 0 ? scroller.scrollLeft : MARGIN + (column - base.column) * CELL_WIDTH}px`;
    return node;
  }
}

function numberInput(label: string): HTMLInputElement {
  return element('input', { type: 'text', inputmode: 'numeric', size: 8, 'aria-label': label });
}

/** A whole number from 0 to `count` − 1. */
function clamped(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(value || 0)));
}

function complexText(values: Float64Array, at: number, format: (value: number) => string): string {
  const [real, imaginary] = [values[at * 2]!, values[at * 2 + 1]!];
  return `${format(real)}${imaginary < 0 ? ' − ' : ' + '}${format(Math.abs(imaginary))}i`;
}
