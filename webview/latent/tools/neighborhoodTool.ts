import { button, segmented, toolRow } from '../../shared/controls';
import { element, setHidden, setText } from '../../shared/dom';
import { Latest } from '../host/latest';
import { directionPair, gridAround, ringAround } from '../maths/neighborhood';
import { normalDraws, seededRandom, type Random } from '../maths/random';
import { paintGrid, picture } from '../model/picture';
import type { Exploration } from '../model/state';
import { digits } from '../projections/projection';
import { scaleOf, startLatent, startWords } from './base';
import { selectableCells, type Grid } from './cells';
import { Tool, type ToolParts } from './tool';

const SIDE = 7;
/** Latents on a ring, in rows of half as many. */
const RING = 16;

type Form = 'random' | 'grid' | 'ring';

/**
 * Latents around one: random ones with a standard deviation that grows with the distance from the middle, or a grid or
 * ring in the plane of two directions.
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
  private readonly radiusName = element('span', {}, 'spread');
  private readonly output = element('output', { class: 'number' });
  private readonly forms: HTMLElement;
  private readonly first = element('select', { 'aria-label': 'First direction' });
  private readonly second = element('select', { 'aria-label': 'Second direction' });
  private readonly directions = toolRow(element('span', {}, 'along'), this.first, 'and', this.second);
  /** Undefined until the user chooses one. */
  private chosen: Form | undefined;
  private seed = 1;
  private columns = SIDE;
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
      'Latents around a picked point',
    );
    this.radius.value = '0.5';
    this.radius.addEventListener('input', () => this.current && this.write(this.formFor(this.current)));
    const again = () => this.current && this.newest.want(this.current);
    for (const input of [this.radius, this.first, this.second]) input.addEventListener('change', again);
    this.forms = segmented<Form>(
      'Neighbors',
      [
        ['random', 'random'],
        ['grid', 'grid'],
        ['ring', 'ring'],
      ],
      'random',
      (form) => {
        this.chosen = form;
        again();
      },
    );
    this.body.append(
      toolRow(this.forms),
      toolRow(
        element('label', { class: 'slider' }, this.radiusName, this.radius, this.output),
        button('Draw again', () => this.again(), 'Other random latents or directions'),
      ),
      this.directions,
      this.summary,
      selectableCells(
        this.canvas,
        () => this.grid,
        (cell) => this.probe(cell),
      ),
    );
  }

  protected show(exploration: Exploration): void {
    this.newest.want(exploration);
  }

  private get grid(): Grid {
    return { columns: this.columns, rows: Math.max(1, Math.ceil(this.latents.length / this.columns)) };
  }

  private formFor({ model }: Pick<Exploration, 'model'>): Form {
    return this.chosen ?? (model.drawnPrior ? 'grid' : 'random');
  }

  private write(form: Form): void {
    const random = form === 'random';
    this.forms.querySelectorAll('input').forEach((input) => (input.checked = input.value === form));
    setText(this.radiusName, random ? 'spread' : 'radius');
    this.radius.setAttribute('aria-label', random ? 'Standard deviation of the draws' : 'Radius');
    setText(this.output, `${this.radius.valueAsNumber.toFixed(2)} σ`);
    setHidden(this.directions, random);
  }

  private again(): void {
    this.seed++;
    if (this.current) this.newest.want(this.current);
  }

  private async compute(exploration: Exploration): Promise<void> {
    const form = this.formFor(exploration);
    const { latent } = startLatent(exploration);
    this.offerDimensions(latent.length);
    this.write(form);
    const radius = this.radius.valueAsNumber;
    const random = seededRandom(this.seed);
    const deviations = latent.map((_, d) => scaleOf(exploration, d).deviation);
    const latents =
      form === 'random' ? spread(latent, radius, deviations, random) : this.plane(form, latent, deviations, random);
    const columns = form === 'ring' ? RING / 2 : SIDE;
    const where =
      form === 'ring'
        ? `on a ring of ${radius.toFixed(2)} σ, in rows from the first direction toward the second`
        : `which is in the middle; the sides are ${radius.toFixed(2)} σ away`;
    setText(this.summary, `${startWords(exploration)}, ${where}`);
    try {
      const images = await exploration.model.decode(latents);
      [this.latents, this.columns] = [latents, columns];
      paintGrid(this.canvas, images, columns);
    } catch (error) {
      if (!this.newest.outdated) this.parts.message.report(error);
    }
  }

  private plane(form: 'grid' | 'ring', latent: readonly number[], deviations: readonly number[], random: Random) {
    const radius = this.radius.valueAsNumber;
    const chosen = (select: HTMLSelectElement) => (select.value === '' ? undefined : Number(select.value));
    const pair = directionPair(latent.length, random, chosen(this.first), chosen(this.second));
    if (form === 'ring') return ringAround(latent, pair, radius, RING, deviations);
    const grid = gridAround(latent, pair, radius, SIDE, deviations);
    // A single dimension has one row.
    return pair[1].every((value) => value === 0) ? grid.slice(0, SIDE) : grid;
  }

  private offerDimensions(dimensions: number): void {
    for (const select of [this.first, this.second]) {
      if (select.childElementCount === dimensions + 1) continue;
      const each = Array.from({ length: dimensions }, (_, d) => element('option', { value: d }, `z${digits(d)}`));
      select.replaceChildren(element('option', { value: '' }, 'random'), ...each);
    }
  }

  private probe(cell: number): void {
    const latent = this.latents[cell];
    if (latent) this.store.probe(latent, 'the latent itself');
  }
}

/** Random latents with a standard deviation that grows from the middle to `most` at the sides. */
function spread(latent: readonly number[], most: number, deviations: readonly number[], random: Random): number[][] {
  const middle = (SIDE - 1) / 2;
  return Array.from({ length: SIDE * SIDE }, (_, i) => {
    const out = Math.hypot((i % SIDE) - middle, Math.floor(i / SIDE) - middle) / middle;
    const noise = normalDraws(latent.length, random);
    return latent.map((value, d) => value + out * most * deviations[d]! * noise[d]!);
  });
}
