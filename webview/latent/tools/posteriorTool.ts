import { plural } from '../../../src/common/plural';
import { element, setHidden, setText } from '../../shared/dom';
import { formatFixed } from '../../shared/format';
import { signColors } from '../../shared/signColors';
import type { Theme } from '../../shared/theme';
import { normalDensity } from '../maths/normal';
import { HISTOGRAM_BINS, HISTOGRAM_REACH, type PosteriorStatistics } from '../maths/posterior';
import { digits } from '../projections/projection';
import type { Exploration } from '../model/state';
import { MOST_DIMENSIONS } from './base';
import { Tool, type ToolParts } from './tool';

const [WIDTH, HEIGHT] = [92, 44];
/** Resolution factor, because a wide tab shows them enlarged. */
const LARGEST = 2;
/** The largest density that a histogram shows: twice the prior's. */
const TOP = 0.9;

/** The aggregate posterior beside the prior. */
export class PosteriorTool extends Tool {
  private readonly summary = element('p', {});
  private readonly heat = element('canvas', { class: 'pixels heat', role: 'img' });
  private readonly scale = element('p', { class: 'dim' });
  private readonly histograms = element('div', { class: 'histograms' });
  private readonly by = element('h3', {});
  private readonly reach = element('p', { class: 'dim', hidden: true });

  constructor(parts: ToolParts) {
    super(parts, 'posterior', 'Aggregate posterior', 'graph', ['points'], 'The distribution of all encoded data');
    this.body.append(
      this.summary,
      this.reach,
      this.by,
      this.histograms,
      element('h3', {}, 'Covariance'),
      this.heat,
      this.scale,
    );
    // Also while folded: unfolding does not redraw by itself.
    this.store.on(['theme'], () => this.current && this.show(this.current));
  }

  private get theme(): Theme {
    return this.store.state.theme;
  }

  protected override titleFor({ model }: Exploration): string {
    return model.hasNormalPrior ? 'Aggregate posterior' : 'Distribution of the codes';
  }

  /** Draws from a prior are distributed as the prior. */
  protected override suits({ model }: Exploration): boolean {
    return model.drawnPrior === undefined;
  }

  protected show({ statistics, encoding, model }: Exploration): void {
    const { dimensions, mean, covariance, active, kl } = statistics;
    const farMean = mean.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const deviations = Array.from(mean, (_, d) => Math.sqrt(covariance[d * dimensions + d]!));
    const total = kl?.reduce((sum, value) => sum + value, 0);
    const facts = [
      plural(encoding.latents.count, 'point', 'points', encoding.latents.count.toLocaleString('en-US')),
      total === undefined ? undefined : `mean KL per image ${total.toFixed(2)} nats`,
      `${active.filter(Boolean).length} of ${plural(dimensions, 'active unit')}`,
      `means up to ${farMean.toFixed(2)} from 0`,
      `standard deviations ${Math.min(...deviations).toFixed(2)} to ${Math.max(...deviations).toFixed(2)}`,
    ];
    setText(this.summary, facts.filter((fact) => fact !== undefined).join(' · '));
    const prior = model.hasNormalPrior;
    setText(
      this.reach,
      prior
        ? ''
        : 'This model has no prior to compare with. Each histogram: mean ± 4 standard deviations of its dimension',
    );
    setHidden(this.reach, prior);
    setText(this.by, kl ? 'Dimensions, by KL in nats' : 'Dimensions, by variance');
    this.histograms.replaceChildren(
      ...statistics.order.slice(0, MOST_DIMENSIONS).map((d) => this.histogram(d, statistics, prior)),
    );
    this.drawHeat(statistics, prior);
  }

  private histogram(
    dimension: number,
    { histograms, mean, active, kl, dimensions, covariance }: PosteriorStatistics,
    prior: boolean,
  ): HTMLElement {
    const canvas = element('canvas', { role: 'img' });
    const ratio = LARGEST * devicePixelRatio;
    [canvas.width, canvas.height] = [WIDTH * ratio, HEIGHT * ratio];
    const context = canvas.getContext('2d');
    const densities = histograms.subarray(dimension * HISTOGRAM_BINS, (dimension + 1) * HISTOGRAM_BINS);
    if (context) {
      context.scale(ratio, ratio);
      context.fillStyle = active[dimension] ? this.theme.palette[0]! : this.theme.dim;
      context.globalAlpha = active[dimension] ? 0.85 : 0.5;
      densities.forEach((density, bin) => {
        const height = Math.min(1, density / TOP) * HEIGHT;
        context.fillRect((bin * WIDTH) / HISTOGRAM_BINS, HEIGHT - height, WIDTH / HISTOGRAM_BINS, height);
      });
      context.globalAlpha = 1;
      if (prior) this.drawPrior(context);
    }
    const deviation = Math.sqrt(covariance[dimension * dimensions + dimension]!);
    const nats = kl?.[dimension] === undefined ? '' : `, KL ${kl[dimension].toFixed(2)} nats`;
    const words = `dimension ${dimension + 1}: mean ${formatFixed(mean[dimension]!)}, standard deviation ${deviation.toFixed(2)}${nats}`;
    canvas.setAttribute('aria-label', words);
    const caption = active[dimension] ? (kl?.[dimension]?.toFixed(2) ?? '') : 'inactive';
    return element(
      'figure',
      { class: active[dimension] ? '' : 'inactive', title: words },
      canvas,
      element('figcaption', { class: 'number' }, `z${digits(dimension)} `, element('span', { class: 'dim' }, caption)),
    );
  }

  private drawPrior(context: CanvasRenderingContext2D): void {
    context.strokeStyle = this.theme.foreground;
    context.lineWidth = 1;
    context.beginPath();
    for (let x = 0; x <= WIDTH; x += 2) {
      const density = normalDensity((x / WIDTH) * 2 * HISTOGRAM_REACH - HISTOGRAM_REACH);
      context.lineTo(x, HEIGHT - (density / TOP) * HEIGHT);
    }
    context.stroke();
  }

  /**
   * Blue above zero, orange below, as in images of weights; the prior's covariance would be a blue diagonal of ones.
   */
  private drawHeat({ dimensions, covariance }: PosteriorStatistics, prior: boolean): void {
    const size = Math.min(dimensions, 256);
    [this.heat.width, this.heat.height] = [size, size];
    const image = new ImageData(size, size);
    const { positive, negative } = signColors(this.theme);
    // Spreading the matrix into Math.max would exceed the limit of arguments.
    const largest = covariance.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) {
        const share = covariance[a * dimensions + b]! / largest;
        const color = share < 0 ? negative : positive;
        image.data.set([...color, Math.round(255 * Math.abs(share))], 4 * (a * size + b));
      }
    }
    this.heat.getContext('2d')?.putImageData(image, 0, 0);
    this.heat.setAttribute(
      'aria-label',
      `Covariance of ${plural(dimensions, 'dimension')}, the largest entry ${largest.toFixed(2)}`,
    );
    const cut = size < dimensions ? `; the first ${size} of ${dimensions} dimensions` : '';
    const identity = prior ? '; the prior’s is the identity' : '';
    setText(this.scale, `orange −${largest.toFixed(2)}, blue +${largest.toFixed(2)}${identity}${cut}`);
  }
}
