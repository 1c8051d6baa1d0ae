import { plural } from '../../../src/common/plural';
import '../../shared/toolbarButton';
import { element, setHidden, setText } from '../../shared/dom';
import { formatSteady, formatStep } from '../../shared/format';
import type { RunView } from '../../shared/runStore';
import { upperBound } from '../../shared/search';
import type { SettingsStore } from '../../shared/settings';
import type { PanelOf } from '../../../src/protocol/panels';
import type { PanelFrame, PanelView } from './panel';

type BarsDeclaration = PanelOf<'bars'>;

/** Limit for untrusted records; none of our models has as many. */
const MOST_DIMENSIONS = 65_536;
/** Narrower bars are indistinguishable: beyond this number, a bar stands for several dimensions. */
const MOST_BARS = 128;
/** Up to this number of bars, their indices fit below them. */
const NUMBERED_BARS = 32;

interface Bar {
  readonly dimension: number;
  readonly value: number;
}

/** Neighbors that share a bar, in the order of the bars. */
interface BarGroup {
  readonly largest: Bar;
  readonly text: string;
}

/** One number per latent dimension as bars, such as its KL, or per whatever the declaration counts. */
export class BarsPanel implements PanelView<'bars'> {
  readonly node: HTMLElement;
  private readonly heading = element('h2');
  private readonly summary = element('span', { class: 'where number' });
  private readonly top = element('span', { class: 'bars-top number' });
  private readonly plot = element('div', { class: 'bars', role: 'img' });
  private readonly sort = element('vscode-toolbar-button', {
    icon: 'list-ordered',
    toggleable: true,
    label: 'Sort by size',
    title: 'Sort by size',
  });
  private readonly frame = element('div', { class: 'bars-frame' }, this.top, this.plot);
  private readonly placeholder = element('p', { class: 'dim' });
  private bars: HTMLElement[] = [];
  private hovered: string | undefined;
  private caption = '';

  constructor(private readonly settings: SettingsStore) {
    this.node = element(
      'section',
      { class: 'card bars-panel' },
      element('header', {}, this.heading, this.summary, this.sort),
      this.frame,
      this.placeholder,
    );
    this.sort.addEventListener('change', () => settings.update({ sortBars: this.sort.checked }));
    this.plot.addEventListener('pointerover', ({ target }) =>
      this.hover(target instanceof HTMLElement ? target.dataset['text'] : undefined),
    );
    this.plot.addEventListener('pointerleave', () => this.hover(undefined));
  }

  /** Hidden if nothing is logged or expected. */
  update(declaration: BarsDeclaration, { run, step, expected }: PanelFrame): void {
    const { title, unit, threshold, noun = 'dimension' } = declaration;
    const bars = barsAt(declaration, run, step);
    const empty = bars.length === 0;
    setHidden(this.node, empty && expected === undefined);
    setText(this.heading, title);
    setText(this.placeholder, expected ?? '');
    setHidden(this.placeholder, !empty);
    for (const part of [this.frame, this.sort]) setHidden(part, empty);
    if (empty) return setText(this.summary, '');
    const { sortBars } = this.settings.value;
    this.sort.checked = sortBars;
    if (sortBars) bars.sort((a, b) => b.value - a.value);
    const largest = bars.reduce((most, { value }) => Math.max(most, value), 0);
    const isLow = ({ value }: Bar) => threshold !== undefined && value <= threshold;
    setText(this.top, `${formatSteady(largest)} ${unit}`);
    const all = formatStep(bars.length);
    this.caption =
      threshold === undefined
        ? plural(bars.length, noun, undefined, all)
        : `${formatStep(bars.filter((bar) => !isLow(bar)).length)} of ${all} above ${threshold} ${unit}`;
    setText(this.summary, this.hovered ?? this.caption);
    this.plot.setAttribute('aria-label', `${title}: ${this.caption}, the largest ${formatSteady(largest)} ${unit}`);
    this.plot.classList.toggle('many', bars.length > 64);
    this.plot.classList.toggle('numbered', bars.length <= NUMBERED_BARS);
    const groups = grouped(bars, sortBars, { unit, noun });
    this.resize(groups.length);
    groups.forEach(({ largest: bar, text }, i) => {
      const { dimension, value } = bar;
      const node = this.bars[i]!;
      node.style.setProperty('--share', String(largest > 0 ? Math.max(0, value / largest) : 0));
      node.dataset['dimension'] = String(dimension);
      node.dataset['text'] = text;
      node.classList.toggle('low', isLow(bar));
    });
  }

  dispose(): void {
    this.node.remove();
  }

  private hover(text: string | undefined): void {
    this.hovered = text;
    setText(this.summary, text ?? this.caption);
  }

  private resize(count: number): void {
    while (this.bars.length > count) this.bars.pop()!.remove();
    while (this.bars.length < count) {
      const bar = element('div', { class: 'bar' });
      this.bars.push(bar);
      this.plot.append(bar);
    }
  }
}

/** One bar per dimension; if there are too many, one per group of neighbors, as high as the largest of them. */
function grouped(
  bars: readonly Bar[],
  sorted: boolean,
  { unit, noun }: { readonly unit: string; readonly noun: string },
): BarGroup[] {
  const size = Math.ceil(bars.length / MOST_BARS);
  return Array.from({ length: Math.ceil(bars.length / size) }, (_, i) => {
    const members = bars.slice(i * size, (i + 1) * size);
    const largest = members.reduce((most, bar) => (bar.value > most.value ? bar : most));
    const value = `${formatSteady(largest.value)} ${unit}`;
    const which = `${noun} ${largest.dimension}: ${value}`;
    const ends = sorted
      ? `ranks ${i * size + 1}–${i * size + members.length}`
      : `${noun}s ${members[0]!.dimension}–${members.at(-1)!.dimension}`;
    return { largest, text: members.length === 1 ? which : `${ends}, largest: ${which}` };
  });
}

/** The value of every dimension that has one at `step`: the last at or before it. */
function barsAt({ prefix, count }: BarsDeclaration, run: RunView, step: number | undefined): Bar[] {
  const bars: Bar[] = [];
  for (let dimension = 0; dimension < Math.min(count, MOST_DIMENSIONS); dimension++) {
    const columns = run.series.get(prefix + String(dimension).padStart(2, '0'));
    if (!columns || columns.length === 0) continue;
    const index = step === undefined ? columns.length - 1 : Math.max(0, upperBound(columns.steps, step) - 1);
    const value = columns.values[index]!;
    if (Number.isFinite(value)) bars.push({ dimension, value });
  }
  return bars;
}
