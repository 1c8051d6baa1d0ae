import { button, toolRow } from '../../shared/controls';
import { element, setText } from '../../shared/dom';
import { Latest } from '../host/latest';
import { manifoldGrid, normalQuantile, uniformQuantile } from '../maths/normal';
import { digits } from '../projections/projection';
import { stepsOf } from '../model/encoding';
import { paintGrid, picture, toPng } from '../model/picture';
import type { Exploration } from '../model/state';
import { dimensionOrder, scaleOf, startLatent, startWords } from './base';
import { selectableCells } from './cells';
import { Tool, type ToolParts } from './tool';

const SIZES = [8, 12, 16, 20, 28];
const SAVED_SCALE = 2;

/**
 * Two dimensions over the whole prior, decoded at its quantiles, so that every image covers the same probability. Codes
 * without a prior have quantiles of their own.
 */
export class ManifoldTool extends Tool {
  private readonly canvas = picture('Decoded grid over two latent dimensions', 'manifold clickable');
  private readonly summary = element('p', { class: 'dim' });
  private readonly size = element(
    'select',
    { 'aria-label': 'Images a side' },
    ...SIZES.map((size) => element('option', { value: size, selected: size === 16 }, `${size} × ${size}`)),
  );
  private latents: readonly (readonly number[])[] = [];
  /** One at a time: a followed run may send points faster than a grid is decoded. */
  private readonly newest = new Latest<Exploration>((exploration) => this.compute(exploration));

  constructor(parts: ToolParts) {
    super(
      parts,
      'manifold',
      'Manifold grid',
      'table',
      ['points', 'picked', 'label'],
      'A grid of images over two dimensions',
    );
    this.size.addEventListener('change', () => this.current && this.newest.want(this.current));
    this.body.append(
      toolRow(
        this.size,
        button('Save PNG…', () => void this.save()),
      ),
      this.summary,
      selectableCells(
        this.canvas,
        () => ({ columns: this.side, rows: Math.max(1, Math.ceil(this.latents.length / this.side)) }),
        (cell) => this.probe(cell),
      ),
    );
  }

  protected show(exploration: Exploration): void {
    this.newest.want(exploration);
  }

  private async compute(exploration: Exploration): Promise<void> {
    const size = Number(this.size.value);
    const { dimensions } = exploration.encoding.latents;
    const [first = 0, second = 1] = dimensions <= 2 ? [0, 1] : [...dimensionOrder(exploration)].slice(0, 2);
    const { latent } = startLatent(exploration);
    const scales = [scaleOf(exploration, first), scaleOf(exploration, Math.min(second, dimensions - 1))] as const;
    const { drawnPrior, hasNormalPrior } = exploration.model;
    const uniform = drawnPrior === 'uniform';
    const quantile = uniform ? uniformQuantile : normalQuantile;
    const grid = manifoldGrid(size, latent, first, second, scales, quantile);
    // A single dimension has one row.
    const latents = dimensions > 1 ? grid : grid.slice(0, size);
    const another = drawnPrior ? 'a normal with the prior’s deviation' : 'a normal with the codes’ mean and deviation';
    const of = hasNormalPrior || uniform ? 'the prior' : another;
    const up = dimensions > 1 ? `, z${digits(second)} up` : '';
    const others = dimensions > 2 ? `; the others ${startWords(exploration)}` : '';
    const what = `z${digits(first)} to the right${up}, by quantiles of ${of}${others}`;
    try {
      const decoded = await exploration.model.decodeAll(latents);
      this.latents = latents;
      setText(this.summary, `${what}; by the weights of ${stepsOf(decoded)}`);
      paintGrid(this.canvas, decoded.images, size, 0);
      this.canvas.dataset['size'] = String(size);
    } catch (error) {
      if (!this.newest.outdated) this.parts.message.report(error);
    }
  }

  private get side(): number {
    return Number(this.canvas.dataset['size'] ?? 1);
  }

  private probe(cell: number): void {
    const latent = this.latents[cell];
    if (latent) this.store.probe(latent, 'the latent itself');
  }

  private async save(): Promise<void> {
    if (this.canvas.width > 0) void this.parts.saving.file('png', 'manifold', await toPng(this.canvas, SAVED_SCALE));
  }
}
