import { button, toolRow } from '../../shared/controls';
import { element, setText } from '../../shared/dom';
import { Latest } from '../host/latest';
import { normalDraws, seededRandom } from '../maths/random';
import { paintGrid, picture } from '../model/picture';
import type { Exploration } from '../model/state';
import { scaleOf, startLatent, startWords } from './base';
import { selectableCells } from './cells';
import { Tool, type ToolParts } from './tool';

const SIDE = 7;

/**
 * Random latents around one in the middle, with a standard deviation that grows with the distance from the middle.
 */
export class NeighborhoodTool extends Tool {
  private readonly canvas = picture('Images around the latent', 'manifold clickable');
  private readonly summary = element('p', { class: 'dim' });
  private readonly radius = element('input', {
    type: 'range',
    min: 0.05,
    max: 2,
    step: 0.05,
    'aria-label': 'Standard deviation of the draws',
  });
  private readonly output = element('output', { class: 'number' });
  private seed = 1;
  private latents: readonly (readonly number[])[] = [];
  /** One at a time: a followed run may send points faster than the images are decoded. */
  private readonly newest = new Latest<Exploration>((exploration) => this.compute(exploration));

  constructor(parts: ToolParts) {
    super(
      parts,
      'neighborhood',
      'Neighborhood of z',
      'target',
      ['points', 'picked', 'label'],
      'Random latents around a picked point',
    );
    this.radius.value = '0.5';
    this.radius.addEventListener('input', () => this.write());
    this.radius.addEventListener('change', () => this.current && this.newest.want(this.current));
    this.body.append(
      toolRow(
        element('label', { class: 'slider' }, element('span', {}, 'spread'), this.radius, this.output),
        button('Draw again', () => this.again()),
      ),
      this.summary,
      selectableCells(
        this.canvas,
        () => ({ columns: SIDE, rows: SIDE }),
        (cell) => this.probe(cell),
      ),
    );
  }

  protected show(exploration: Exploration): void {
    this.newest.want(exploration);
  }

  private write(): void {
    setText(this.output, `${this.radius.valueAsNumber.toFixed(2)} σ`);
  }

  private again(): void {
    this.seed++;
    if (this.current) this.newest.want(this.current);
  }

  private async compute(exploration: Exploration): Promise<void> {
    const { latent } = startLatent(exploration);
    const spread = this.radius.valueAsNumber;
    this.write();
    const random = seededRandom(this.seed);
    const deviations = latent.map((_, d) => scaleOf(exploration, d).deviation);
    const middle = (SIDE - 1) / 2;
    const latents = Array.from({ length: SIDE * SIDE }, (_, i) => {
      const out = Math.hypot((i % SIDE) - middle, Math.floor(i / SIDE) - middle) / middle;
      const noise = normalDraws(latent.length, random);
      return latent.map((value, d) => value + out * spread * deviations[d]! * noise[d]!);
    });
    setText(
      this.summary,
      `${startWords(exploration)}, which is in the middle; the sides are ${spread.toFixed(2)} σ away`,
    );
    try {
      const images = await exploration.model.decode(latents);
      this.latents = latents;
      paintGrid(this.canvas, images, SIDE);
    } catch (error) {
      if (!this.newest.outdated) this.parts.message.report(error);
    }
  }

  private probe(cell: number): void {
    const latent = this.latents[cell];
    if (latent) this.store.probe(latent, 'the latent itself');
  }
}
