import type { TensorRow, TensorSlice } from '../../../src/protocol/tensors';
import { element, setText } from '../../shared/dom';
import { formatCount, formatExact, formatShort } from '../format';
import type { Asked, Link } from '../link';

const CELL_WIDTH = 82;
const CELL_HEIGHT = 20;
const MARGIN = 64;
/** A page taller than some ten million pixels has no exact scroll position; further rows are reached by their number. */
const MOST_ROWS = 400_000;
const MOST_COLUMNS = 100_000;

/** The values of a tensor as a sheet: its last two dimensions scroll, the others are chosen by index. */
export class ValuesTab {
  private readonly leading = element('div', { class: 'leading' });
  private readonly corner = element('input', {
    type: 'text',
    inputmode: 'numeric',
    size: 8,
    'aria-label': 'Go to row',
  });
  private readonly note = element('span', { class: 'dim', role: 'status' });
  private readonly sheet = element('div', { class: 'sheet' });
  private readonly scroller = element(
    'div',
    { class: 'values', tabindex: 0, role: 'region', 'aria-label': 'Values' },
    this.sheet,
  );
  readonly node = element(
    'div',
    { class: 'values-tab' },
    element('div', { class: 'bar' }, this.leading, element('label', { class: 'dim' }, 'Row ', this.corner), this.note),
    this.scroller,
  );
  private tensor: { readonly index: number; readonly row: TensorRow } | undefined;
  private indices: number[] = [];
  private base = 0;
  private asked: Asked<TensorSlice> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly link: Pick<Link, 'ask'>) {
    this.scroller.addEventListener('scroll', () => this.soon());
    this.corner.addEventListener('change', () => this.goTo(Number(this.corner.value)));
    new ResizeObserver(() => this.soon()).observe(this.scroller);
  }

  show(index: number, row: TensorRow): void {
    if (this.tensor?.index === index) return;
    this.clear();
    this.tensor = { index, row };
    this.indices = row.shape.slice(0, -2).map(() => 0);
    this.leading.replaceChildren(...this.indices.map((_, i) => this.leadingInput(i, row.shape[i]!)));
    this.base = 0;
    this.corner.value = '0';
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

  private goTo(row: number): void {
    const { rows } = this.size;
    const wanted = Math.max(0, Math.min(rows - 1, Math.floor(row || 0)));
    this.corner.value = String(wanted);
    this.base = rows > MOST_ROWS ? Math.max(0, Math.min(wanted - 100, rows - MOST_ROWS)) : 0;
    this.layOut();
    this.scroller.scrollTop = (wanted - this.base) * CELL_HEIGHT;
    this.load();
  }

  private layOut(): void {
    const { rows, columns } = this.size;
    this.sheet.style.height = `${(Math.min(rows, MOST_ROWS) + 1) * CELL_HEIGHT}px`;
    this.sheet.style.width = `${MARGIN + Math.min(columns, MOST_COLUMNS) * CELL_WIDTH}px`;
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 60);
  }

  /** Asks for what is in sight, and a little more. */
  private load(): void {
    const { tensor, scroller } = this;
    if (tensor === undefined || scroller.clientHeight === 0) return;
    this.asked?.cancel();
    const row = this.base + Math.max(0, Math.floor(scroller.scrollTop / CELL_HEIGHT) - 4);
    const column = Math.max(0, Math.floor(scroller.scrollLeft / CELL_WIDTH) - 1);
    const rows = Math.min(200, Math.ceil(scroller.clientHeight / CELL_HEIGHT) + 8);
    const columns = Math.min(64, Math.ceil(scroller.clientWidth / CELL_WIDTH) + 3);
    const query = { leading: [...this.indices], row, column, rows, columns };
    const asked = this.link.ask({ type: 'slice', tensor: tensor.index, query });
    this.asked = asked;
    asked.answer.then(
      (slice) => this.asked === asked && this.draw(slice, tensor.row),
      (error: unknown) => {
        if (this.asked === asked) setText(this.note, error instanceof Error ? error.message : String(error));
      },
    );
  }

  private draw(slice: TensorSlice, row: TensorRow): void {
    const complex = row.type.startsWith('C');
    const cells: HTMLElement[] = [];
    for (let c = 0; c < slice.columns; c++)
      cells.push(this.cell('title', -1, slice.column + c, String(slice.column + c)));
    for (let r = 0; r < slice.rows; r++) {
      const label = formatCount(slice.row + r);
      cells.push(this.cell('title margin', slice.row + r - this.base, -1, label));
      for (let c = 0; c < slice.columns; c++) {
        const at = r * slice.columns + c;
        const value = slice.values[complex ? at * 2 : at];
        const text = slice.texts?.[at] ?? (complex ? complexText(slice.values, at) : formatShort(value));
        const node = this.cell('value', slice.row + r - this.base, slice.column + c, text);
        node.title = `[${[...slice.leading, slice.row + r, slice.column + c].join(', ')}] ${slice.texts?.[at] ?? formatExact(value)}`;
        if (value !== undefined && !Number.isFinite(value)) node.classList.add('bad');
        cells.push(node);
      }
    }
    this.sheet.replaceChildren(...cells);
    setText(this.note, slice.rows * slice.columns === 0 ? 'It has no values.' : '');
  }

  private cell(kind: string, row: number, column: number, text: string): HTMLElement {
    const node = element('span', { class: `sheet-cell number ${kind}` }, text);
    if (row >= 0) node.style.top = `${(row + 1) * CELL_HEIGHT}px`;
    if (column >= 0) node.style.left = `${MARGIN + column * CELL_WIDTH}px`;
    // Titles stay at the edge while the rest scrolls; the sheet is drawn anew then.
    if (row < 0) node.style.top = `${this.scroller.scrollTop}px`;
    if (column < 0) node.style.left = `${this.scroller.scrollLeft}px`;
    return node;
  }
}

function complexText(values: Float64Array, at: number): string {
  const [real, imaginary] = [values[at * 2]!, values[at * 2 + 1]!];
  return `${formatShort(real)}${imaginary < 0 ? ' − ' : ' + '}${formatShort(Math.abs(imaginary))}i`;
}
