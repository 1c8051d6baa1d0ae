import { panelsOf } from '../../../src/protocol/panelsOf';
import { element, setHidden, setText } from '../../shared/dom';
import { formatStep } from '../../shared/format';
import type { RunView } from '../../shared/runStore';
import type { Theme } from '../../shared/theme';
import { HistogramsPanel } from './histograms';
import type { PanelServices } from './panel';

/** A log may have a histogram for each of thousands of weights, and each requests its values. */
const MOST_TAGS = 24;

/**
 * The histograms that are in no panel of the family, such as those of other programs, folded until they are requested.
 */
export class FurtherHistograms {
  readonly node: HTMLDetailsElement;
  private readonly board = element('div', { class: 'board' });
  private readonly more = element('p', { class: 'dim' });
  private readonly panels = new Map<string, HistogramsPanel>();

  constructor(
    private readonly services: PanelServices,
    requestDraw: () => void,
  ) {
    const { settings } = services;
    this.node = element(
      'details',
      { class: 'further', hidden: true },
      element('summary', {}, 'Histograms'),
      this.board,
      this.more,
    );
    this.node.open = settings.value.histograms;
    this.node.addEventListener('toggle', () => {
      if (this.node.open !== settings.value.histograms) settings.update({ histograms: this.node.open });
      requestDraw();
    });
  }

  update(run: RunView, step: number | undefined, theme: Theme): void {
    const declared = new Set(
      panelsOf(run.summary.presentation, 'histograms').flatMap(({ series }) => series.map(({ tag }) => tag)),
    );
    const tags = [...run.histograms.keys()].filter((tag) => !declared.has(tag)).sort();
    setHidden(this.node, tags.length === 0);
    if (!this.node.open) return;
    const shown = tags.slice(0, MOST_TAGS);
    for (const [tag, panel] of this.panels) {
      if (shown.includes(tag)) continue;
      panel.dispose();
      this.panels.delete(tag);
    }
    for (const tag of shown) {
      let panel = this.panels.get(tag);
      if (panel === undefined) {
        this.panels.set(tag, (panel = new HistogramsPanel(this.services)));
        this.board.append(panel.node);
      }
      const series = [{ tag, label: tag.slice(tag.lastIndexOf('/') + 1) }];
      panel.update({ kind: 'histograms', title: tag, quantity: '', series }, { run, step, theme, expected: undefined });
    }
    setText(this.more, tags.length > shown.length ? `and ${formatStep(tags.length - shown.length)} more` : '');
  }
}
