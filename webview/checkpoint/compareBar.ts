import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { ComparisonNews } from '../../src/protocol/checkpointView';
import { DIFFERENCES, type Comparison } from '../../src/protocol/tensors';
import { element, setHidden, setText } from '../shared/dom';
import { formatCount, formatName, formatShort } from './format';
import { histogramPath, svg } from './svg';

const BINS = 40;
const [WIDTH, HEIGHT] = [160, 22];
/** Label of each kind of difference; equal tensors are not counted. */
const WORDS: Readonly<Record<string, string>> = {
  changed: 'changed',
  added: 'only here',
  removed: 'only there',
  reshaped: 'of another shape',
  unknown: 'not comparable',
  same: 'the same',
};

/** Comparison with another file: progress, then the counts and the distribution of the changes. */
export class CompareBar {
  private readonly words = element('span', { class: 'number', role: 'status' });
  private readonly chart = element('span', { class: 'changes' });
  private readonly differing = element('input', { type: 'checkbox' });
  private readonly only = element('label', { class: 'check' }, this.differing, 'Only differences');
  readonly node: HTMLElement;

  constructor(end: () => void, showOnly: (differing: boolean) => void) {
    const close = element('button', { type: 'button', class: 'link' }, 'End Comparison');
    close.addEventListener('click', end);
    this.differing.addEventListener('change', () => showOnly(this.differing.checked));
    const icon = element('vscode-icon', { name: 'diff', size: 16 });
    this.node = element(
      'section',
      { class: 'compare-bar', 'aria-label': 'Comparison', hidden: true },
      icon,
      this.words,
      this.chart,
      this.only,
      close,
    );
  }

  show(news: ComparisonNews, differing: boolean): void {
    setHidden(this.node, news.kind === 'none');
    setHidden(this.only, news.kind !== 'result');
    this.node.classList.toggle('bad', news.kind === 'problem');
    this.chart.replaceChildren();
    this.differing.checked = differing;
    if (news.kind === 'progress')
      setText(this.words, `Comparing with ${formatName(news.with)}: ${Math.floor(news.done * 100)} %`);
    if (news.kind === 'problem') setText(this.words, news.message);
    if (news.kind === 'result') this.showResult(news.with, news.comparison);
  }

  private showResult(other: string, { what, relative }: Comparison): void {
    const counts = DIFFERENCES.map((name, code) => [name, what.filter((each) => each === code).length] as const);
    const parts = counts
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${formatCount(count)} ${WORDS[name]}`);
    setText(this.words, `Compared with ${formatName(other)}: ${parts.join(', ')}`);
    const exponents = Array.from(relative, Math.log10).filter(Number.isFinite);
    if (exponents.length > 1) this.chart.replaceChildren(drawing(exponents));
  }
}

/** The distribution of the relative changes on a logarithmic scale. */
function drawing(exponents: readonly number[]): Element {
  const low = Math.floor(exponents.reduce((a, b) => Math.min(a, b)));
  const high = Math.max(low + 1, Math.ceil(exponents.reduce((a, b) => Math.max(a, b))));
  const counts = new Float64Array(BINS);
  for (const exponent of exponents) {
    counts[Math.min(BINS - 1, Math.floor(((exponent - low) / (high - low)) * BINS))]!++;
  }
  const label = `Relative changes from ${formatShort(10 ** low)} to ${formatShort(10 ** high)}`;
  return element(
    'span',
    { class: 'changes-chart number dim', title: `${label}, logarithmic` },
    formatShort(10 ** low),
    svg(
      'svg',
      { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label },
      svg('path', { class: 'spark-shape', d: histogramPath(counts, WIDTH, HEIGHT) }),
    ),
    formatShort(10 ** high),
  );
}
