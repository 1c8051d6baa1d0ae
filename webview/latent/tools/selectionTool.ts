import { csvLine, shortFloat } from '../../../src/common/csv';
import { element, setHidden, setText } from '../../shared/dom';
import { paint, paintGrid, picture, toPng } from '../model/picture';
import type { Explored, ToolActions } from '../model/state';
import { selectableCells, type Grid } from './cells';
import { button, Tool, toolRow } from './tool';

const THUMBNAILS = 60;
const COLUMNS = 10;
/** As many as the host takes at once. */
const MOST_SAVED = 1_000;
const SAVED_SCALE = 4;

/** The selected points: their pictures, and their way out of the explorer. */
export class SelectionTool extends Tool {
  private readonly summary = element('p', {});
  private readonly thumbs = picture('Selected images', 'manifold clickable');
  private readonly actionsRow: HTMLElement;
  /** Whose pictures are shown. */
  private shown: readonly number[] = [];

  constructor(
    private readonly actions: ToolActions,
    private readonly positions: () => Float32Array,
  ) {
    super('selection', 'Selection', ['encoding', 'selection'], 'What the lasso, a box or the search has selected');
    this.actionsRow = toolRow(
      button('Save CSV…', () => this.saveCsv(), 'Index, label, position and latent of each point'),
      button('Save images…', () => void this.saveImages(), `At most ${MOST_SAVED} images, as PNG`),
      button('Clear', () => this.current?.selection.select([])),
    );
    const cells = selectableCells(
      this.thumbs,
      () => gridOf(this.shown.length),
      (cell) => this.pick(cell),
    );
    this.body.append(this.summary, this.actionsRow, cells);
  }

  protected show(explored: Explored): void {
    const { selection, images } = explored;
    const { indices } = selection;
    setHidden(this.actionsRow, indices.length === 0);
    if (indices.length === 0) {
      paint(this.thumbs, undefined);
      return setText(
        this.summary,
        'Nothing is selected. Draw with the lasso or a box (Shift adds, Alt takes away), or search for a class.',
      );
    }
    setText(this.summary, `${indices.length.toLocaleString('en-US')} points${classes(explored, indices)}`);
    const shown = indices.slice(0, THUMBNAILS).flatMap((index) => {
      const image = images.get(index);
      return image ? [{ index, image }] : [];
    });
    this.shown = shown.map(({ index }) => index);
    paintGrid(
      this.thumbs,
      shown.map(({ image }) => image),
      COLUMNS,
    );
  }

  private pick(cell: number): void {
    const index = this.shown[cell];
    if (index !== undefined) this.actions.show(index);
  }

  private saveCsv(): void {
    const explored = this.current;
    if (!explored) return;
    const text = selectionCsv(explored, explored.selection.indices, this.positions());
    this.actions.save('csv', 'selection', new TextEncoder().encode(text));
  }

  private async saveImages(): Promise<void> {
    const explored = this.current;
    if (!explored) return;
    const { indices } = explored.selection;
    const shown = indices.slice(0, MOST_SAVED).filter((index) => explored.images.get(index));
    // Together: the browser encodes pictures when it has nothing else to do, and that is once a frame.
    const files = await Promise.all(
      shown.map(async (index) => {
        const canvas = element('canvas');
        paint(canvas, explored.images.get(index));
        const label = explored.className(index);
        const bytes = await toPng(canvas, canvas.width < 64 ? SAVED_SCALE : 1);
        return { name: `image-${explored.name(index)}${label === undefined ? '' : `-${label}`}`, bytes };
      }),
    );
    if (files.length < indices.length) {
      this.actions.report(
        `${files.length} of ${indices.length} images are saved: those that are loaded, at most ${MOST_SAVED}.`,
      );
    }
    if (files.length > 0) this.actions.saveImages(files);
  }
}

function gridOf(count: number): Grid {
  const columns = Math.max(1, Math.min(COLUMNS, count));
  return { columns, rows: Math.max(1, Math.ceil(count / columns)) };
}

/** A line for each point: image, label, position in the projection, and its latent. */
export function selectionCsv(
  { encoding, name, className }: Pick<Explored, 'encoding' | 'name' | 'className'>,
  indices: readonly number[],
  positions: Float32Array,
): string {
  const { dimensions, data } = encoding.latents;
  const header = ['image', 'label', 'x', 'y', ...Array.from({ length: dimensions }, (_, d) => `z${d + 1}`)];
  const lines = indices.map((index) =>
    csvLine([
      name(index),
      className(index) ?? '',
      shortFloat(positions[2 * index]!),
      shortFloat(positions[2 * index + 1]!),
      ...Array.from(data.subarray(index * dimensions, (index + 1) * dimensions), shortFloat),
    ]),
  );
  return csvLine(header) + lines.join('');
}

/** " · 7: 120 · 1: 3", the most frequent first. */
function classes({ labels, className }: Explored, indices: readonly number[]): string {
  if (!labels) return '';
  const counts = new Map<string, number>();
  for (const index of indices) {
    const label = className(index) ?? '';
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, 10);
  return sorted.map(([label, count]) => ` · ${label}: ${count.toLocaleString('en-US')}`).join('');
}
