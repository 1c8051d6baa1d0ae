import '../shared/toolbarButton';
import { element, setHidden, setText } from '../shared/dom';
import { formatSteady } from '../shared/format';
import type { RunView } from '../shared/runStore';
import { upperBound } from '../shared/search';
import type { SettingsStore } from '../shared/settings';
import type { Presentation } from '../../src/protocol/run';

type BarsDeclaration = Presentation['bars'][number];

/** More than can be told apart; what a record declares is not to be trusted with the page's time. */
const MAXIMUM_BARS = 1024;
/** So many still have room for their number below. */
const NUMBERED_BARS = 32;

interface Bar {
  readonly dimension: number;
  readonly value: number;
}

/** One number a latent dimension, as bars: which of them the model uses. */
export class BarsPanel {
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

  /**
   * The values at `step` (the newest without one).
   * @param expected what is said while there are none; without it the panel is not there then
   */
  update(declaration: BarsDeclaration, run: RunView, step: number | undefined, expected?: string): void {
    const { title, unit, activeAbove } = declaration;
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
    const largest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
    const active = bars.filter(({ value }) => activeAbove === undefined || value > activeAbove).length;
    setText(this.top, `${formatSteady(largest)} ${unit}`);
    this.caption = activeAbove === undefined ? `${bars.length} dimensions` : `${active} of ${bars.length} active`;
    setText(this.summary, this.hovered ?? this.caption);
    this.plot.setAttribute('aria-label', `${title}: ${this.caption}, the largest ${formatSteady(largest)} ${unit}`);
    this.plot.classList.toggle('many', bars.length > 64);
    this.plot.classList.toggle('numbered', bars.length <= NUMBERED_BARS);
    this.resize(bars.length);
    bars.forEach(({ dimension, value }, i) => {
      const node = this.bars[i]!;
      node.style.setProperty('--share', String(Math.max(0, value / largest)));
      node.dataset['dimension'] = String(dimension);
      node.dataset['text'] = `dimension ${dimension}: ${formatSteady(value)} ${unit}`;
      node.classList.toggle('inactive', activeAbove !== undefined && value <= activeAbove);
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

/** The value of every dimension that has one at `step`: the last at or before it. */
function barsAt({ prefix, count }: BarsDeclaration, run: RunView, step: number | undefined): Bar[] {
  return Array.from({ length: Math.min(count, MAXIMUM_BARS) }, (_, dimension) => {
    const columns = run.series.get(prefix + String(dimension).padStart(2, '0'));
    if (!columns || columns.length === 0) return [];
    const index = step === undefined ? columns.length - 1 : Math.max(0, upperBound(columns.steps, step) - 1);
    const value = columns.values[index]!;
    return Number.isFinite(value) ? [{ dimension, value }] : [];
  }).flat();
}
