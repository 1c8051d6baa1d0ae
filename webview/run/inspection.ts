import { plural } from '../../src/common/plural';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { panelsOf } from '../../src/protocol/panelsOf';
import type { Presentation } from '../../src/protocol/run';
import type { Inspection, InspectionNews } from '../../src/protocol/views';
import { parseBounded } from '../../src/common/boundedNumber';
import { setDisabled, whyInspecting } from '../shared/disabling';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import { formatStep, withError } from '../shared/format';
import { SAMPLE_TITLES } from '../../src/protocol/sampleTitles';
import type { InspectionMessage } from '../shared/host';
import type { RunView } from '../shared/runStore';
import { decodeImage } from './panels/imageCache';
import type { LargeImage } from './lightbox';
import { Picture } from './picture';

export interface InspectionActions {
  inspect(what: Inspection, samples: number): void;
  cancel(): void;
  /** Saves the newest samples. */
  save(): void;
  enlarge(image: LargeImage): void;
}

const SAMPLES = { title: 'The number of importance samples', minimum: 0, maximum: 5000 };
const BOUND_ONLY = '0: Evaluate gives only a bound of the likelihood, the ELBO.';
const ESTIMATED = 'Evaluate also estimates the likelihood; each sample takes as long as the rest.';
const WORDS = {
  sample: { button: 'Sample', title: 'Samples' },
  evaluate: { button: 'Evaluate', title: 'Evaluation' },
  quality: { button: 'Sample Quality', title: 'Sample quality' },
} as const;

/** Samples from the newest checkpoint of a run that is not training, and its metrics on the test set. */
export class InspectionPanel {
  readonly node: HTMLElement;
  private readonly sample = element('vscode-button', { secondary: true, icon: 'sparkle' }, WORDS.sample.button);
  private readonly evaluate = element('vscode-button', { secondary: true, icon: 'beaker' }, WORDS.evaluate.button);
  private readonly quality = element(
    'vscode-button',
    {
      ...{ secondary: true, icon: 'pulse' },
      title: 'Compare 10,000 samples with test data: classifier-FID, precision, recall and others',
    },
    WORDS.quality.button,
  );
  private readonly count = element('input', {
    type: 'text',
    inputmode: 'numeric',
    size: 4,
    value: '0',
    class: 'number',
    'aria-describedby': 'importance-meaning',
  });
  private readonly meaning = element('span', { class: 'dim', id: 'importance-meaning' });
  private readonly likelihood = element(
    'div',
    { class: 'inspection-actions' },
    element('label', { class: 'field' }, element('span', {}, 'Importance samples'), this.count),
    this.meaning,
  );
  private readonly activity = element('span', { class: 'dim', role: 'status' });
  private readonly cancel = element('vscode-button', { secondary: true }, 'Cancel');
  private readonly progress = element(
    'div',
    { class: 'inspection-progress', hidden: true },
    element('vscode-icon', { name: 'loading', spin: true, size: 14 }),
    this.activity,
    this.cancel,
  );
  private readonly problem = element('p', { class: 'inspection-problem', role: 'alert', hidden: true });
  private readonly where = element('p', { class: 'dim number', hidden: true });
  private readonly picture = new Picture();
  private readonly save = element('button', { type: 'button', class: 'link' }, 'Save as PNG…');
  private readonly sampled = element('div', { class: 'sampled', hidden: true }, this.picture.node, this.save);
  private readonly rows = element('tbody');
  private readonly table = element('table', { class: 'metrics', hidden: true }, this.rows);
  private presentation: Presentation | undefined;
  private busy = false;
  private shown = false;

  constructor(private readonly actions: InspectionActions) {
    this.node = element(
      'section',
      { class: 'card inspection', 'aria-label': 'Newest checkpoint', hidden: true },
      element('header', {}, element('h2', {}, 'Newest checkpoint')),
      element('div', { class: 'inspection-actions' }, this.sample, this.evaluate, this.quality),
      this.likelihood,
      this.progress,
      this.problem,
      this.where,
      this.sampled,
      this.table,
    );
    this.sample.addEventListener('click', () => this.start('sample', 0));
    this.evaluate.addEventListener('click', () => this.startEvaluation());
    this.quality.addEventListener('click', () => this.start('quality', 0));
    this.count.addEventListener('input', () => this.showMeaning());
    this.count.addEventListener('keydown', ({ key }) => key === 'Enter' && this.startEvaluation());
    this.cancel.addEventListener('click', () => actions.cancel());
    this.save.addEventListener('click', () => actions.save());
    this.showMeaning();
  }

  /** Whether it offers or shows anything. */
  get visible(): boolean {
    return this.node.hidden !== true;
  }

  update({ summary }: RunView): void {
    const { inspections, presentation, capabilities } = summary;
    this.presentation = presentation;
    // Results of the checkpoint are outdated once the run trains again.
    if (inspections.length === 0 && !this.busy) this.clear();
    setHidden(this.node, inspections.length === 0 && !this.shown);
    setHidden(this.sample, !inspections.includes('sample'));
    setHidden(this.evaluate, !inspections.includes('evaluate'));
    setHidden(this.quality, !inspections.includes('quality'));
    setHidden(this.likelihood, capabilities?.likelihood !== 'importance');
  }

  private clear(): void {
    this.shown = false;
    for (const part of [this.problem, this.where, this.sampled, this.table]) setHidden(part, true);
  }

  /** Shows the progress of the inspection. */
  take({ what, news }: InspectionMessage): void {
    const words = WORDS[what];
    this.setBusy(what, news.kind === 'progress');
    this.shown = news.kind !== 'cancelled';
    setHidden(this.progress, !this.busy);
    setHidden(this.problem, news.kind !== 'problem');
    if (news.kind === 'progress') setText(this.activity, capital(news.activity));
    if (news.kind === 'problem') setText(this.problem, `${words.title}: ${news.message}`);
    if (news.kind === 'sample') void this.showSample(news);
    if (news.kind === 'metrics') this.showMetrics(news);
  }

  /** The label of a tag in the family's charts. */
  private get names(): Map<string, { name: string; unit: string }> {
    const charts = panelsOf(this.presentation, 'curves');
    return new Map(
      charts.flatMap(({ title, unit, series }) =>
        series.map(({ tag, label }) => [tag, { name: `${label} ${title}`, unit }] as const),
      ),
    );
  }

  /** Number of importance samples in the field; undefined if it is invalid. */
  private get samples(): number | undefined {
    const parsed = parseBounded(this.count.value, SAMPLES);
    return 'value' in parsed && Number.isInteger(parsed.value) ? parsed.value : undefined;
  }

  private showMeaning(): void {
    setText(this.meaning, this.samples === 0 ? BOUND_ONLY : ESTIMATED);
  }

  private startEvaluation(): void {
    if (this.busy) return;
    const { samples } = this;
    const wrong = samples === undefined;
    setAttributes(this.count, { 'aria-invalid': wrong ? 'true' : undefined });
    setHidden(this.problem, !wrong);
    if (wrong) setText(this.problem, 'Importance samples: a whole number from 0 to 5000.');
    else this.start('evaluate', samples);
  }

  /** Sends one request; the host reports progress once it has begun. */
  private start(what: Inspection, samples: number): void {
    if (this.busy) return;
    this.setBusy(what, true);
    this.actions.inspect(what, samples);
  }

  private setBusy(what: Inspection, busy: boolean): void {
    this.busy = busy;
    for (const control of [this.sample, this.evaluate, this.quality, this.count]) {
      setDisabled(control, busy ? whyInspecting(what) : undefined);
    }
  }

  private async showSample(news: Extract<InspectionNews, { kind: 'sample' }>): Promise<void> {
    const bitmap = await decodeImage(news.image);
    const where = `step ${formatStep(news.step)}, seed ${news.seed}`;
    this.present(`${plural(news.count, 'sample')} · step ${formatStep(news.step)} · seed ${news.seed}`, 'sample');
    this.picture.show(bitmap, `${plural(news.count, 'sample')}, ${where}`, () =>
      this.actions.enlarge({ bitmap, title: 'Samples', where, save: () => this.actions.save() }),
    );
  }

  private showMetrics(news: Extract<InspectionNews, { kind: 'metrics' }>): void {
    const { step, count, examples, metrics, errors, generated } = news;
    const names = this.names;
    this.rows.replaceChildren(
      ...Object.entries(metrics).map(([tag, value]) => {
        const { name, unit } = names.get(tag) ?? { name: SAMPLE_TITLES[tag] ?? tag.replaceAll(/[/_]/g, ' '), unit: '' };
        const head = element('th', { scope: 'row', title: tag }, name, ' ', element('span', { class: 'dim' }, unit));
        return element('tr', {}, head, element('td', { class: 'number' }, withError(value, errors?.[tag])));
      }),
    );
    const evaluated = plural(count, `test ${examples}`, undefined, formatStep(count));
    const drawn = generated === undefined ? '' : `${plural(generated, 'sample', undefined, formatStep(generated))} · `;
    this.present(`${drawn}${evaluated} · step ${formatStep(step)}`, 'evaluate');
  }

  private present(where: string, what: Inspection): void {
    setText(this.where, where);
    setHidden(this.where, false);
    setHidden(this.sampled, what !== 'sample');
    setHidden(this.table, what !== 'evaluate');
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
