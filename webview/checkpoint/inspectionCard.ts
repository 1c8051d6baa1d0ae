import { plural } from '../../src/common/plural';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { HostToCheckpoint } from '../../src/protocol/checkpointView';
import { parseBounded } from '../../src/common/boundedNumber';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import { withError } from '../shared/format';
import { SAMPLE_TITLES } from '../../src/protocol/sampleTitles';
import { formatCount } from './format';
import type { Link } from './link';

type Message = Extract<HostToCheckpoint, { type: 'inspection' }>;
type News = Message['news'];

const SEEDS = { title: 'The seed', minimum: 0, maximum: 2 ** 32 - 1 };

const TITLES = { sample: 'Samples', evaluate: 'Evaluation', quality: 'Sample Quality' } as const;

/** Samples of a seed from the checkpoint's model, and its metrics on the test set, side by side. */
export class InspectionCard {
  private readonly title = element('h2');
  private readonly activity = element('span', { class: 'dim', role: 'status' });
  private readonly progress = element('div', { class: 'bar' });
  private readonly problem = element('p', { class: 'problem', role: 'alert' });
  private readonly now = element('div', { class: 'now', hidden: true });
  private readonly canvas = element('canvas', { class: 'samples', role: 'img' });
  private readonly seed = element('input', { type: 'text', inputmode: 'numeric', size: 11, class: 'number' });
  private readonly sampleTitle = element('h2');
  private readonly sampled = element('div', { class: 'sampled', hidden: true });
  private readonly evaluationTitle = element('h2');
  private readonly means = element('dl', { class: 'facts' });
  private readonly evaluated = element('div', { class: 'evaluated', hidden: true }, this.evaluationTitle, this.means);
  readonly node = element('section', { class: 'inspection', hidden: true });
  private picture: { readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string } | undefined;

  constructor(private readonly link: Pick<Link, 'post'>) {
    const cancel = element('vscode-button', { secondary: true }, 'Cancel');
    cancel.addEventListener('click', () => link.post({ type: 'cancelInspection' }));
    this.progress.append(element('vscode-icon', { name: 'loading', spin: true, size: 14 }), this.activity, cancel);
    this.now.append(this.title, this.progress, this.problem);
    const again = element('vscode-button', { secondary: true, icon: 'sparkle' }, 'Draw');
    again.addEventListener('click', () => this.draw());
    this.seed.addEventListener('keydown', ({ key }) => key === 'Enter' && this.draw());
    const save = element('button', { type: 'button', class: 'link' }, 'Save as PNG…');
    save.addEventListener('click', () => this.picture && link.post({ type: 'savePicture', ...this.picture }));
    const seed = element('label', { class: 'dim' }, 'Seed ', this.seed);
    this.sampled.append(this.sampleTitle, this.canvas, element('div', { class: 'bar' }, seed, again, save));
    this.node.append(this.now, this.sampled, this.evaluated);
  }

  take({ what, news }: Message): void {
    setHidden(this.now, news.kind !== 'progress' && news.kind !== 'problem');
    setHidden(this.progress, news.kind !== 'progress');
    setHidden(this.problem, news.kind !== 'problem');
    setText(this.title, TITLES[what]);
    if (news.kind === 'progress') setText(this.activity, `${news.activity}…`);
    if (news.kind === 'problem') setText(this.problem, news.message);
    if (news.kind === 'metrics') this.showMeans(news);
    if (news.kind === 'sample') void this.showSamples(news);
    this.showAny();
  }

  /** Discards the results of another model after the file has changed. */
  clear(): void {
    for (const part of [this.sampled, this.evaluated]) setHidden(part, true);
    this.showAny();
  }

  private showAny(): void {
    setHidden(
      this.node,
      [this.now, this.sampled, this.evaluated].every((part) => part.hidden === true),
    );
  }

  private draw(): void {
    const parsed = parseBounded(this.seed.value, SEEDS);
    const seed = 'value' in parsed && Number.isInteger(parsed.value) ? parsed.value : undefined;
    setAttributes(this.seed, { 'aria-invalid': seed === undefined ? 'true' : undefined });
    if (seed !== undefined) this.link.post({ type: 'inspect', what: 'sample', seed, samples: 0 });
  }

  private showMeans({ count, examples, metrics, errors, generated }: Extract<News, { kind: 'metrics' }>): void {
    const noun = examples === 'point' ? 'Test Point' : 'Test Image';
    const tests = plural(count, noun, undefined, formatCount(count));
    const what = generated === undefined ? tests : `${plural(generated, 'Sample', undefined, formatCount(generated))}`;
    setText(this.evaluationTitle, `Evaluation of ${what}`);
    setHidden(this.evaluated, false);
    this.means.replaceChildren(
      ...Object.entries(metrics).flatMap(([tag, value]) => [
        element('dt', {}, SAMPLE_TITLES[tag] ?? tag),
        element('dd', { class: 'number' }, withError(value, errors?.[tag])),
      ]),
    );
    this.reveal(this.evaluated);
  }

  private async showSamples({ seed, count, step, image }: Extract<News, { kind: 'sample' }>): Promise<void> {
    setText(this.sampleTitle, `${formatCount(count)} Samples`);
    setHidden(this.sampled, false);
    this.seed.value = String(seed);
    const bytes = image.bytes.slice();
    this.picture = { bytes, name: `samples-step-${step}-seed-${seed}` };
    const bitmap = await createImageBitmap(new Blob([bytes], { type: image.mime }));
    [this.canvas.width, this.canvas.height] = [bitmap.width, bitmap.height];
    this.canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    this.canvas.style.maxWidth = `${bitmap.width * 2}px`;
    this.canvas.setAttribute('aria-label', `${plural(count, 'sample')}, seed ${seed}`);
    this.reveal(this.sampled);
  }

  /** Scrolls a result into view. */
  private reveal(part: HTMLElement): void {
    this.showAny();
    part.scrollIntoView({ block: 'nearest' });
  }
}
