import { element, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';
import { ImageError } from '../shared/host';
import type { ImageCache } from './imageCache';
import { stopFor } from './playhead';

/** The images of one tag, at the playhead's step. */
export class ImagePanel {
  readonly node: HTMLElement;
  private readonly heading = element('h2');
  private readonly where = element('span', { class: 'where number' });
  private readonly canvas = element('canvas', { class: 'image', role: 'img' });
  private readonly frame = element('div', { class: 'image-frame' }, this.canvas);
  private readonly message = element('p', { class: 'dim', hidden: true });
  private readonly sizes = new ResizeObserver(() => this.fit());
  private wanted: number | undefined;
  private shown: number | undefined;
  private loading = false;
  private label = '';

  constructor(
    readonly tag: string,
    private readonly cache: ImageCache,
  ) {
    this.node = element(
      'section',
      { class: 'card image-panel' },
      element('header', {}, this.heading, this.where),
      this.frame,
      this.message,
    );
    this.canvas.width = 0;
    // An empty canvas would be 150 pixels high.
    this.canvas.height = 0;
    this.sizes.observe(this.frame);
  }

  /** Shows the newest image at or before `step` (the newest of all without one). */
  show(label: string, steps: Float64Array, step: number | undefined): void {
    this.label = label;
    setText(this.heading, label);
    this.wanted = stopFor(steps, step);
    if (this.wanted === undefined) this.say(`No ${label.toLowerCase()} logged yet.`);
    else if (this.wanted !== this.shown) void this.load();
  }

  dispose(): void {
    this.sizes.disconnect();
    this.node.remove();
  }

  /** One request at a time, always for what is wanted now: a fast slider skips what it has left behind. */
  private async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      while (this.wanted !== undefined && this.wanted !== this.shown) {
        const step = this.wanted;
        try {
          this.draw(await this.cache.get(this.tag, step), step);
        } catch (error) {
          if (!(error instanceof ImageError)) throw error;
          if (this.wanted !== step) continue;
          this.say(error.message);
          break;
        }
      }
    } finally {
      this.loading = false;
    }
  }

  private draw(bitmap: ImageBitmap, step: number): void {
    this.canvas.width = bitmap.width;
    this.canvas.height = bitmap.height;
    this.canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
    this.canvas.setAttribute('aria-label', `${this.label} at step ${formatStep(step)}`);
    this.shown = step;
    setText(this.where, `step ${formatStep(step)}`);
    setHidden(this.message, true);
    this.fit();
  }

  private say(text: string): void {
    setText(this.message, text);
    setHidden(this.message, false);
  }

  /** Whole device pixels for each pixel of the image, so that every digit is equally sharp; scaled down only to fit. */
  private fit(): void {
    const { width } = this.canvas;
    const available = this.frame.clientWidth * devicePixelRatio;
    if (width === 0 || available === 0) return;
    const scale = available >= width ? Math.floor(available / width) : available / width;
    this.canvas.style.width = `${(width * scale) / devicePixelRatio}px`;
    this.canvas.classList.toggle('crisp', scale >= 1);
  }
}
