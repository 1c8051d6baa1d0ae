import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { HostToCheckpoint } from '../../src/protocol/checkpointView';
import { parseBounded } from '../../src/common/boundedNumber';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import { formatSteady } from '../shared/format';
import { formatCount } from './format';
import type { Link } from './link';

type Message = Extract<HostToCheckpoint, { type: 'inspection' }>;
type News = Message['news'];

const SEEDS = { title: 'The seed', minimum: 0, maximum: 2 ** 32 - 1 };

/** What the model of the checkpoint gives: samples of a seed, or means over the test set. */
export class InspectionCard {
  private readonly title = element('h2');
  private readonly activity = element('span', { class: 'dim', role: 'status' });
  private readonly progress = element('div', { class: 'bar' });
  private readonly problem = element('p', { class: 'problem', role: 'alert' });
  private readonly canvas = element('canvas', { class: 'samples', role: 'img' });
  private readonly seed = element('input', { type: 'text', inputmode: 'numeric', size: 11, class: 'number' });
  private readonly sampled = element('div', { class: 'sampled' });
  private readonly means = element('dl', { class: 'facts' });
  readonly node = element('section', { class: 'inspection', hidden: true });
  private picture: { readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string } | undefined;

  constructor(private readonly link: Pick<Link, 'post'>) {
    const cancel = element('vscode-button', { secondary: true }, 'Cancel');
    cancel.addEventListener('click', () => link.post({ type: 'cancelInspection' }));
    this.progress.append(element('vscode-icon', { name: 'loading', spin: true, size: 14 }), this.activity, cancel);
    const again = element('vscode-button', { secondary: true, icon: 'sparkle' }, 'Draw');
    again.addEventListener('click', () => this.draw());
    this.seed.addEventListener('keydown', ({ key }) => key === 'Enter' && this.draw());
    const save = element('button', { type: 'button', class: 'link' }, 'Save as PNG…');
    save.addEventListener('click', () => this.picture && link.post({ type: 'savePicture', ...this.picture }));
    const seed = element('label', { class: 'dim' }, 'Seed ', this.seed);
    this.sampled.append(this.canvas, element('div', { class: 'bar' }, seed, again, save));
    this.node.append(this.title, this.progress, this.problem, this.sampled, this.means);
  }

  take({ what, news }: Message): void {
    setHidden(this.node, news.kind === 'cancelled');
    setHidden(this.progress, news.kind !== 'progress');
    setHidden(this.problem, news.kind !== 'problem');
    setHidden(this.sampled, news.kind !== 'sample');
    setHidden(this.means, news.kind !== 'metrics');
    setText(this.title, what === 'sample' ? 'Samples' : 'Evaluation');
    if (news.kind === 'progress') setText(this.activity, `${news.activity}…`);
    if (news.kind === 'problem') setText(this.problem, news.message);
    if (news.kind === 'metrics') this.showMeans(news);
    if (news.kind === 'sample') void this.showSamples(news);
  }

  private draw(): void {
    const parsed = parseBounded(this.seed.value, SEEDS);
    const seed = 'value' in parsed && Number.isInteger(parsed.value) ? parsed.value : undefined;
    setAttributes(this.seed, { 'aria-invalid': seed === undefined ? 'true' : undefined });
    if (seed !== undefined) this.link.post({ type: 'inspect', what: 'sample', seed, samples: 0 });
  }

  private showMeans({ count, metrics }: Extract<News, { kind: 'metrics' }>): void {
    setText(this.title, `Evaluation of ${formatCount(count)} Test Images`);
    this.means.replaceChildren(
      ...Object.entries(metrics).flatMap(([tag, value]) => [
        element('dt', {}, tag),
        element('dd', { class: 'number' }, formatSteady(value)),
      ]),
    );
  }

  private async showSamples({ seed, count, step, image }: Extract<News, { kind: 'sample' }>): Promise<void> {
    setText(this.title, `${formatCount(count)} Samples`);
    this.seed.value = String(seed);
    const bytes = image.bytes.slice();
    this.picture = { bytes, name: `samples-step-${step}-seed-${seed}` };
    const bitmap = await createImageBitmap(new Blob([bytes], { type: image.mime }));
    [this.canvas.width, this.canvas.height] = [bitmap.width, bitmap.height];
    this.canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    this.canvas.style.maxWidth = `${bitmap.width * 2}px`;
    this.canvas.setAttribute('aria-label', `${count} samples, seed ${seed}`);
  }
}
