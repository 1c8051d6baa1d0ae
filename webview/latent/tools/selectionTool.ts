import { plural } from '../../../src/common/plural';
import { button, toolRow } from '../../shared/controls';
import { element, setHidden, setText } from '../../shared/dom';
import { tableOf } from '../export/table';
import { MOST_SAVED_IMAGES } from '../../../src/protocol/latentLimits';
import { paint, paintGrid, picture, toPng } from '../model/picture';
import type { Exploration, Slice } from '../model/state';
import { selectedOf } from './base';
import { selectableCells, type Grid } from './cells';
import type { Stage } from '../stage/stage';
import { Tool, type ToolParts } from './tool';

const THUMBNAILS = 60;
const COLUMNS = 10;
const SAVED_SCALE = 4;

/** The images of the selected points, and their export. */
export class SelectionTool extends Tool {
  private readonly summary = element('p', {});
  private readonly thumbs = picture('Selected images', 'manifold clickable');
  private readonly actionsRow: HTMLElement;
  private readonly imagesButton = button('Save images…', () => void this.saveImages(), 'As PNG, in a new folder');
  private readonly limit = element(
    'p',
    { class: 'dim', hidden: true },
    `At most ${count(MOST_SAVED_IMAGES)} images are saved: the first ${count(MOST_SAVED_IMAGES)} that are selected.`,
  );
  /** The points whose images are shown. */
  private shown: readonly number[] = [];
  /** Whether some images have not arrived yet. */
  private missing = false;

  /** @param stage has the positions of the points */
  constructor(
    parts: ToolParts,
    private readonly stage: Pick<Stage, 'positions'>,
  ) {
    super(
      parts,
      'selection',
      'Selection',
      'list-selection',
      ['points', 'selected'],
      'The points selected with the lasso, a box or the search',
    );
    this.actionsRow = toolRow(
      button('Save CSV…', () => void this.saveCsv(), 'Index, label, position and latent of each point'),
      this.imagesButton,
      button('Clear', () => this.current?.selection.select([])),
    );
    const cells = selectableCells(
      this.thumbs,
      () => gridOf(this.shown.length),
      (cell) => this.pick(cell),
    );
    this.body.append(this.summary, this.actionsRow, this.limit, cells);
  }

  protected show(exploration: Exploration): void {
    const { images } = exploration;
    const indices = selectedOf(exploration);
    this.missing = false;
    // Stated before anything is saved.
    const few = indices.length <= MOST_SAVED_IMAGES;
    setHidden(this.limit, few);
    setText(this.imagesButton, few ? 'Save images…' : `Save ${count(MOST_SAVED_IMAGES)} images…`);
    setHidden(this.actionsRow, indices.length === 0);
    if (indices.length === 0) {
      paint(this.thumbs, undefined);
      return setText(
        this.summary,
        'Nothing is selected. Draw with the lasso or a box (Shift adds, Alt removes), or search for a class.',
      );
    }
    setText(
      this.summary,
      `${plural(indices.length, 'point', 'points', count(indices.length))}${classes(exploration, indices)}`,
    );
    const wanted = indices.slice(0, THUMBNAILS);
    const shown = wanted.flatMap((index) => {
      const image = images.get(index);
      return image ? [{ index, image }] : [];
    });
    this.missing = shown.length < wanted.length;
    this.shown = shown.map(({ index }) => index);
    paintGrid(
      this.thumbs,
      shown.map(({ image }) => image),
      COLUMNS,
    );
  }

  protected override concerns(changed: ReadonlySet<Slice>): boolean {
    return (changed.has('images') && this.missing) || super.concerns(changed);
  }

  private pick(cell: number): void {
    const index = this.shown[cell];
    if (index !== undefined) this.parts.picking.show(index);
  }

  private async saveCsv(): Promise<void> {
    const exploration = this.current;
    if (!exploration) return;
    try {
      void this.parts.saving.file(
        'csv',
        'selection',
        await tableOf(exploration, selectedOf(exploration), this.stage.positions),
      );
    } catch (error) {
      this.parts.message.report(error);
    }
  }

  private async saveImages(): Promise<void> {
    const exploration = this.current;
    if (!exploration) return;
    const indices = selectedOf(exploration);
    const wanted = indices.slice(0, MOST_SAVED_IMAGES);
    // In parallel: the browser encodes images in its idle time, which comes once a frame.
    const made = await Promise.all(wanted.map((index) => fileOf(index, exploration)));
    const files = made.flatMap((file) => file ?? []);
    if (files.length < wanted.length) {
      this.parts.message.report(
        `${count(wanted.length - files.length)} of ${count(wanted.length)} images could not be had.`,
      );
    }
    if (files.length > 0) void this.parts.saving.images(files, indices.length);
  }
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** An image as a PNG file, fetched if necessary; undefined if it is unavailable. */
async function fileOf(index: number, { images, name, className }: Exploration) {
  const pixels = await images.load(index);
  if (!pixels) return undefined;
  const canvas = element('canvas');
  paint(canvas, pixels);
  const label = className(index);
  const bytes = await toPng(canvas, canvas.width < 64 ? SAVED_SCALE : 1);
  return { name: `image-${name(index)}${label === undefined ? '' : `-${label}`}`, bytes };
}

function gridOf(count: number): Grid {
  const columns = Math.max(1, Math.min(COLUMNS, count));
  return { columns, rows: Math.max(1, Math.ceil(count / columns)) };
}

/** " · 7: 120 · 1: 3", the most frequent first. */
function classes({ labels, className }: Exploration, indices: readonly number[]): string {
  if (!labels) return '';
  const counts = new Map<string, number>();
  for (const index of indices) {
    const label = className(index) ?? '';
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, 10);
  return sorted.map(([label, count]) => ` · ${label}: ${count.toLocaleString('en-US')}`).join('');
}
