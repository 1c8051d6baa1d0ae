import type { TensorStatistics } from '../../../src/protocol/tensors';
import { element, setHidden, setText } from '../../shared/dom';
import { formatCount, formatExact, formatShare, formatShort } from '../format';
import type { Measured } from '../statisticsCache';
import { svg } from '../svg';

const [WIDTH, HEIGHT] = [640, 220];

/** The distribution of a tensor's values with summary statistics. */
export class HistogramTab {
  private readonly chart = element('div', { class: 'histogram' });
  private readonly words = element('span', { role: 'status' });
  private readonly action = element('button', { type: 'button', class: 'link' });
  private readonly note = element('p', { class: 'dim number' }, this.words, ' ', this.action);
  private readonly facts = element('dl', { class: 'facts' });
  readonly node = element('div', { class: 'histogram-tab' }, this.chart, this.note, this.facts);

  /** @param toggle cancels reading, or restarts it after a cancellation */
  constructor(toggle: () => void) {
    this.action.addEventListener('click', toggle);
  }

  /** @param share progress of reading the tensor, from 0 to 1, if it takes a while */
  show(measured: Measured | undefined, share?: number): void {
    const statistics = measured && 'statistics' in measured ? measured.statistics : undefined;
    const cancelled = measured !== undefined && 'cancelled' in measured;
    setText(this.words, wordsOf(measured, share));
    setText(this.action, cancelled ? 'Read It' : 'Cancel');
    setHidden(this.action, !cancelled && (measured !== undefined || share === undefined));
    setHidden(this.note, statistics !== undefined);
    this.chart.replaceChildren(...(statistics && statistics.counts.length > 0 ? [drawing(statistics)] : []));
    this.facts.replaceChildren(...(statistics ? factsOf(statistics) : []));
  }
}

function wordsOf(measured: Measured | undefined, share: number | undefined): string {
  if (measured === undefined) return share === undefined ? 'Reading…' : `Reading… ${Math.floor(share * 100)} %`;
  if ('cancelled' in measured) return 'Reading was cancelled.';
  return 'problem' in measured ? measured.problem : '';
}

function drawing({ counts, minimum, maximum }: TensorStatistics): Element {
  const most = Math.max(...counts);
  const step = WIDTH / counts.length;
  const low = minimum ?? 0;
  const width = ((maximum ?? 0) - low) / counts.length;
  const bars = Array.from(counts, (count, i) => {
    const height = count > 0 ? Math.max(1, (count / most) * (HEIGHT - 4)) : 0;
    const range = `${formatShort(low + i * width)} to ${formatShort(low + (i + 1) * width)}: ${formatCount(count)}`;
    const title = svg('title', {}, range);
    const all = { x: i * step, width: step, y: 0, height: HEIGHT, class: 'bar-area' };
    const bar = { x: i * step + 0.5, width: Math.max(0.5, step - 1), y: HEIGHT - height, height, class: 'bar' };
    return svg('g', {}, svg('rect', all), svg('rect', bar), title);
  });
  const zero = low < 0 && (maximum ?? 0) > 0 ? (-low / ((maximum ?? 0) - low)) * WIDTH : undefined;
  const axis = zero === undefined ? [] : [svg('line', { class: 'zero', x1: zero, x2: zero, y1: 0, y2: HEIGHT })];
  const label = `Histogram from ${formatShort(minimum)} to ${formatShort(maximum)}`;
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    ...bars,
    ...axis,
  );
  const ends = [formatShort(minimum), zero === undefined ? '' : '0', formatShort(maximum)].map((text) =>
    element('span', {}, text),
  );
  if (zero !== undefined) ends[1]!.style.left = `${(zero / WIDTH) * 100}%`;
  return element('div', {}, picture, element('div', { class: 'axis number dim' }, ...ends));
}

function factsOf(statistics: TensorStatistics): HTMLElement[] {
  const { elements, minimum, maximum, mean, deviation, norm, zeros, nan, infinite } = statistics;
  const rows: [string, string][] = [
    ['Minimum', formatExact(minimum)],
    ['Maximum', formatExact(maximum)],
    ['Mean', formatExact(mean)],
    ['Standard deviation', formatExact(deviation)],
    ['Norm', formatExact(norm)],
    ['Zeros', `${formatCount(zeros)} (${formatShare(zeros, elements)})`],
    ['NaN', formatCount(nan)],
    ['Infinite', formatCount(infinite)],
  ];
  return rows.flatMap(([name, value]) => {
    const bad = (name === 'NaN' || name === 'Infinite') && value !== '0';
    return [element('dt', {}, name), element('dd', { class: `number${bad ? ' bad' : ''}` }, value)];
  });
}
