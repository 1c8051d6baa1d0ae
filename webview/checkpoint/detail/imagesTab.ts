import '@vscode-elements/elements/dist/vscode-button/index.js';
import { errorMessage } from '../../../src/common/systemError';
import { tileLayouts } from '../../../src/common/tileLayout';
import type { TensorRow, TensorTiles } from '../../../src/protocol/tensors';
import { element, setAttributes, setHidden, setText } from '../../shared/dom';
import { formatCount, formatName, formatShort } from '../format';
import type { Asked, Link } from '../link';
import { paletteOf } from '../palette';
import { TileCursor } from './tileCursor';
import { gridOf, paint, tileAt, type TileGrid } from './tilePainter';

/** Weights as pictures: columns or rows of a matrix, kernels of a filter bank, or the whole. */
export class ImagesTab {
  private readonly layout = element('select', { 'aria-label': 'Pictures' });
  private readonly sorted = checkbox('By norm');
  private readonly each = checkbox('Each to its own range');
  private readonly save = element('button', { type: 'button', class: 'link' }, 'Save as PNG…');
  private readonly note = element('p', { class: 'dim number', role: 'status' });
  private readonly canvas = element('canvas', { class: 'tiles', role: 'img' });
  private readonly cursor = new TileCursor();
  private readonly frame = element('div', { class: 'tiles-frame' }, this.canvas, this.cursor.node);
  readonly node = element(
    'div',
    { class: 'images-tab' },
    element('div', { class: 'bar' }, this.layout, this.sorted.node, this.each.node, this.save),
    this.note,
    this.frame,
  );
  private tensor: { readonly index: number; readonly row: TensorRow } | undefined;
  private asked: Asked<TensorTiles> | undefined;
  private drawn: { readonly tiles: TensorTiles; readonly grid: TileGrid } | undefined;
  private width = 0;

  constructor(private readonly link: Pick<Link, 'ask' | 'post'>) {
    this.sorted.input.checked = true;
    this.layout.addEventListener('change', () => this.load());
    this.sorted.input.addEventListener('change', () => this.load());
    this.each.input.addEventListener('change', () => this.draw());
    this.save.addEventListener('click', () => void this.savePicture());
    this.canvas.addEventListener('mousemove', (event) => this.point(event));
    this.canvas.addEventListener('mouseleave', () => this.describe());
    this.canvas.addEventListener('keydown', (event) => this.onKey(event));
    this.canvas.addEventListener('blur', () => {
      this.cursor.hide();
      this.describe();
    });
    new ResizeObserver(() => {
      if (this.frame.clientWidth !== this.width) this.draw();
    }).observe(this.frame);
  }

  show(index: number, row: TensorRow): void {
    if (this.tensor?.index === index) return;
    this.clear();
    this.tensor = { index, row };
    const layouts = tileLayouts(row.shape);
    this.layout.replaceChildren(...layouts.map(({ label }, i) => element('option', { value: i }, label)));
    this.load();
  }

  clear(): void {
    this.asked?.cancel();
    this.asked = undefined;
    this.tensor = undefined;
    this.drawn = undefined;
    this.cursor.hide();
    [this.canvas.width, this.canvas.height] = [0, 0];
    setText(this.note, '');
  }

  /** Cancels pending reads while another tab is shown. */
  leave(): void {
    if (this.asked !== undefined) this.clear();
  }

  /** The theme has changed. */
  draw(): void {
    this.width = this.frame.clientWidth;
    const tiles = this.drawn?.tiles;
    if (tiles === undefined || this.width === 0) return;
    const grid = gridOf(tiles, Math.floor(this.width * devicePixelRatio));
    this.drawn = { tiles, grid };
    this.cursor.hide();
    setAttributes(this.canvas, { tabindex: tiles.total > 1 ? 0 : undefined });
    paint(this.canvas, tiles, grid, paletteOf(), this.each.input.checked);
    this.canvas.style.width = `${Math.min(this.width, grid.width / devicePixelRatio)}px`;
    this.canvas.setAttribute(
      'aria-label',
      `${formatName(this.tensor?.row.name ?? '')}: ${this.layout.selectedOptions[0]?.label ?? ''}`,
    );
    this.describe();
  }

  private load(): void {
    const { tensor } = this;
    if (tensor === undefined) return;
    this.asked?.cancel();
    const layout = Number(this.layout.value);
    const one = tileLayouts(tensor.row.shape)[layout]?.count === 1;
    setHidden(this.sorted.node, one);
    setHidden(this.each.node, one);
    setText(this.note, 'Reading…');
    const query = { layout, sorted: this.sorted.input.checked };
    const asked = this.link.ask('tiles', { tensor: tensor.index, query }, (done) => {
      if (this.asked === asked) setText(this.note, `Reading… ${Math.floor(done * 100)} %`);
    });
    this.asked = asked;
    asked.answer.then(
      (tiles) => {
        if (this.asked !== asked) return;
        this.asked = undefined;
        this.drawn = { tiles, grid: gridOf(tiles, Math.max(1, Math.floor(this.frame.clientWidth * devicePixelRatio))) };
        this.draw();
      },
      (error: unknown) => {
        if (this.asked !== asked) return;
        this.asked = undefined;
        setText(this.note, errorMessage(error));
      },
    );
  }

  private describe(): void {
    if (this.drawn === undefined) return;
    const { count, total, scale } = this.drawn.tiles;
    const range = `Colors from −${formatShort(scale)} to ${formatShort(scale)}`;
    if (total === 1) return setText(this.note, range);
    const which = this.sorted.input.checked ? 'those with the largest norms' : 'the first ones';
    const words =
      count < total
        ? `${formatCount(count)} of ${formatCount(total)} pictures, ${which}`
        : `${formatCount(total)} pictures`;
    setText(this.note, `${this.each.input.checked ? 'Colors from each picture’s −max to max' : range} · ${words}`);
  }

  private point({ offsetX, offsetY }: MouseEvent): void {
    if (this.drawn === undefined || this.drawn.tiles.total === 1) return;
    const ratio = this.canvas.width / this.canvas.clientWidth;
    const { tiles, grid } = this.drawn;
    const at = tileAt(grid, tiles, offsetX * ratio, offsetY * ratio);
    if (at === undefined) this.describe();
    else this.describeOne(at, tiles);
  }

  /** Arrows go from picture to picture. */
  private onKey(event: KeyboardEvent): void {
    if (this.drawn === undefined || this.drawn.tiles.total === 1) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { tiles, grid } = this.drawn;
    const at = this.cursor.move(event.key, tiles, grid, this.canvas.clientWidth / this.canvas.width);
    if (at === undefined) return;
    this.describeOne(at, tiles);
    event.preventDefault();
  }

  private describeOne(at: number, { indices, norms }: TensorTiles): void {
    setText(this.note, `Number ${formatCount(indices[at]!)}, norm ${formatShort(norms[at])}`);
  }

  private async savePicture(): Promise<void> {
    const { tensor } = this;
    const blob = await new Promise<Blob | null>((resolve) => this.canvas.toBlob(resolve, 'image/png'));
    if (blob === null || tensor === undefined) return;
    const bytes = new Uint8Array(await blob.arrayBuffer());
    this.link.post({ type: 'savePicture', name: tensor.row.name.slice(0, 300), bytes });
  }
}

function checkbox(label: string): { node: HTMLLabelElement; input: HTMLInputElement } {
  const input = element('input', { type: 'checkbox' });
  return { input, node: element('label', { class: 'check' }, input, label) };
}
