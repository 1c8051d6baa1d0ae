import { button } from '../../shared/controls';
import { element, setHidden, setText } from '../../shared/dom';
import { Latest } from '../host/latest';
import { digits } from '../projections/projection';
import { stepsOf } from '../model/encoding';
import { paintGrid, picture } from '../model/picture';
import type { Exploration } from '../model/state';
import { dimensionOrder, MOST_DIMENSIONS, scaleOf, startLatent, startWords } from './base';
import { Tool, type ToolParts } from './tool';

const STEPS = [-3, -2.25, -1.5, -0.75, 0, 0.75, 1.5, 2.25, 3];

/** The largest step within a uniform prior, in its standard deviations. */
const UNIFORM_REACH = Math.sqrt(3);

/** The effect of each dimension, moved from −3 to 3 standard deviations while the others are fixed. */
export class TraverseTool extends Tool {
  private readonly summary = element('p', { class: 'dim' });
  private readonly rows = element('div', { class: 'traverse-rows' });
  private readonly more = button(`${MOST_DIMENSIONS} more`, () => this.showMore());
  private most = MOST_DIMENSIONS;
  /** One at a time: a followed run may send points faster than the rows are decoded. */
  private readonly newest = new Latest<Exploration>((exploration) => this.compute(exploration));

  constructor(parts: ToolParts) {
    super(
      parts,
      'traverse',
      'Dimensions by KL',
      'list-ordered',
      ['points', 'picked', 'label'],
      'The effect of each dimension, from −3σ to 3σ',
    );
    this.body.append(this.summary, this.rows, this.more);
    this.more.hidden = true;
  }

  protected override titleFor({ statistics, model }: Exploration): string | undefined {
    if (model.drawnPrior) return 'Dimensions';
    return statistics && `Dimensions by ${statistics.kl ? 'KL' : 'variance'}`;
  }

  protected show(exploration: Exploration): void {
    this.newest.want(exploration);
  }

  private showMore(): void {
    this.most += MOST_DIMENSIONS;
    if (this.current) this.newest.want(this.current);
  }

  /** Shows the dimension along x, beside one that is shown already. */
  private chooseDimension(dimension: number): void {
    const other = this.store.state.view.dimensions.find((each) => each !== dimension) ?? 0;
    this.store.update({ view: { kind: 'dimensions', dimensions: [dimension, other] } });
  }

  private async compute(exploration: Exploration): Promise<void> {
    const { statistics, encoding } = exploration;
    const { dimensions } = encoding.latents;
    const order = dimensionOrder(exploration, this.most);
    const { latent } = startLatent(exploration);
    const left = dimensions > order.length ? `; the first ${order.length} of ${dimensions}` : '';
    setHidden(this.more, left === '');
    const by = statistics?.kl ? 'KL, in nats' : 'variance';
    const { drawnPrior } = exploration.model;
    const uniform = drawnPrior === 'uniform';
    const steps = uniform ? STEPS.map((step) => (step * UNIFORM_REACH) / STEPS.at(-1)!) : STEPS;
    const reach = uniform ? '−1 to 1' : '−3σ to 3σ';
    const sorted = drawnPrior ? left : `; sorted by ${by}${left}`;
    const wanted = order.flatMap((d) => {
      const { mean, deviation } = scaleOf(exploration, d);
      return steps.map((step) => latent.with(d, mean + step * deviation));
    });
    try {
      const decoded = await exploration.model.decodeAll(wanted);
      const { images } = decoded;
      const words = `${reach}, ${startWords(exploration)}${sorted}`;
      setText(this.summary, `${words}; by the weights of ${stepsOf(decoded)}`);
      this.rows.replaceChildren(
        ...order.map((d, i) => {
          const strip = picture(`Dimension ${d + 1}, from ${uniform ? reach : '−3 to 3 standard deviations'}`, 'strip');
          paintGrid(strip, images.slice(i * STEPS.length, (i + 1) * STEPS.length), STEPS.length);
          return this.row(d, exploration, strip);
        }),
      );
    } catch (error) {
      if (!this.newest.outdated) this.parts.message.report(error);
    }
  }

  private row(dimension: number, exploration: Exploration, strip: HTMLCanvasElement): HTMLElement {
    const { statistics } = exploration;
    const value = statistics?.kl?.[dimension];
    const deviation = statistics ? `σ ${scaleOf(exploration, dimension).deviation.toFixed(1)}` : '';
    const inactive = !exploration.model.drawnPrior && statistics !== undefined && !statistics.active[dimension];
    const name = element(
      'button',
      {
        type: 'button',
        class: `link number${inactive ? ' inactive' : ''}`,
        title: `${inactive ? 'Inactive unit: its posterior mean does not vary with the data. ' : ''}Show this dimension along x`,
      },
      `z${digits(dimension)}`,
    );
    name.addEventListener('click', () => this.chooseDimension(dimension));
    const caption = inactive ? 'inactive' : value === undefined ? deviation : value.toFixed(2);
    return element(
      'div',
      { class: 'traverse-row' },
      element('span', { class: 'traverse-name' }, name, element('span', { class: 'dim number' }, caption)),
      strip,
    );
  }
}
