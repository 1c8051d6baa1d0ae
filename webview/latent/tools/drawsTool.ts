import { button, segmented, toolRow } from '../../shared/controls';
import { setDisabled } from '../../shared/disabling';
import { element, setText } from '../../shared/dom';
import { paint, paintGrid, picture } from '../model/picture';
import type { Exploration, Slice } from '../model/state';
import { selectableCells, type Grid } from './cells';
import { Tool, type ToolParts } from './tool';

const COLUMNS = 8;
const A_PAGE = 48;

type Use = 'select' | 'pick';

/** The draws of a model without an encoder as images, to select or pick by what they show. */
export class DrawsTool extends Tool {
  private use: Use = 'select';
  private page = 0;
  private shown: readonly number[] = [];
  /** Whether some images have not arrived yet. */
  private missing = false;
  private readonly images = picture('Decoded draws', 'manifold clickable');
  private readonly frames = element('div', { class: 'cell-frames', 'aria-hidden': 'true' });
  private readonly summary = element('p', { class: 'dim number' });
  /** The effect of the last choice, for screen readers. */
  private readonly spoken = element('p', { class: 'visually-hidden', role: 'status' });
  private readonly before = button('Previous', () => this.turn(-1));
  private readonly after = button('Next', () => this.turn(1));

  constructor(parts: ToolParts) {
    super(
      parts,
      'draws',
      'Draws',
      'symbol-array',
      ['points', 'selected', 'picked'],
      'The decoded draws, to select or pick by hand',
    );
    this.node.hidden = true;
    const uses = segmented<Use>(
      'A click',
      [
        ['select', 'selects'],
        ['pick', 'picks'],
      ],
      this.use,
      (use) => (this.use = use),
    );
    const cells = selectableCells(
      this.images,
      () => this.grid,
      (cell) => this.choose(cell),
    );
    cells.append(this.frames);
    this.body.append(toolRow('A click', uses, this.before, this.after), this.summary, cells, this.spoken);
  }

  protected override suits({ model }: Exploration): boolean {
    return model.drawnPrior !== undefined;
  }

  protected override concerns(changed: ReadonlySet<Slice>): boolean {
    return (changed.has('images') && this.missing) || super.concerns(changed);
  }

  protected show({ encoding, images, selection, picked }: Exploration): void {
    const { count } = encoding.latents;
    const pages = Math.max(1, Math.ceil(count / A_PAGE));
    this.page = Math.min(this.page, pages - 1);
    const first = this.page * A_PAGE;
    this.shown = Array.from({ length: Math.min(A_PAGE, count - first) }, (_, i) => first + i);
    const arrived = this.shown.map((index) => images.get(index));
    this.missing = arrived.includes(undefined);
    const known = arrived.filter((image) => image !== undefined);
    // A page is shown at once, so that every image is in its cell.
    if (this.missing) paint(this.images, undefined);
    else paintGrid(this.images, known, COLUMNS);
    this.frames.replaceChildren(...(this.missing ? [] : this.framesOf(picked, selection)));
    const range = `draws ${first} to ${first + this.shown.length - 1} of ${count.toLocaleString('en-US')}`;
    const words = `${range} · ${selection.count.toLocaleString('en-US')} selected`;
    setText(this.summary, this.missing ? `${words} · decoding…` : words);
    this.images.setAttribute('aria-label', `Decoded ${words}`);
    setDisabled(this.before, this.page === 0 ? 'These are the first draws.' : undefined);
    setDisabled(this.after, this.page === pages - 1 ? 'These are the last draws.' : undefined);
  }

  private get grid(): Grid {
    const columns = Math.max(1, Math.min(COLUMNS, this.shown.length));
    return { columns, rows: Math.max(1, Math.ceil(this.shown.length / columns)) };
  }

  /** Frames around the selected and the picked draws of the page, with the letters of the latter. */
  private framesOf(picked: readonly number[], selection: Exploration['selection']): HTMLElement[] {
    const { columns, rows } = this.grid;
    return this.shown.flatMap((index, cell) => {
      const letter = 'AB'[picked.indexOf(index)];
      const selected = selection.has(index);
      if (letter === undefined && !selected) return [];
      const frame = element(
        'i',
        { class: selected ? 'cell-frame selected' : 'cell-frame' },
        letter && element('b', {}, letter),
      );
      Object.assign(frame.style, {
        left: `${(100 * (cell % columns)) / columns}%`,
        top: `${(100 * Math.floor(cell / columns)) / rows}%`,
        width: `${100 / columns}%`,
        height: `${100 / rows}%`,
      });
      return [frame];
    });
  }

  private turn(by: number): void {
    this.page += by;
    if (this.current) this.show(this.current);
  }

  private choose(cell: number): void {
    const index = this.shown[cell];
    const exploration = this.current;
    if (index === undefined || !exploration) return;
    const { selection, name } = exploration;
    if (this.use === 'pick') {
      this.parts.picking.show(index);
      return setText(this.spoken, `${name(index)} picked`);
    }
    const selected = selection.has(index);
    selection.select([index], selected ? 'remove' : 'add');
    setText(this.spoken, `${name(index)} ${selected ? 'no longer selected' : 'selected'}`);
  }
}
