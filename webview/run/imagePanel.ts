import type { PanelOf } from '../../src/protocol/panels';
import { element, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';
import { ImageError } from '../shared/host';
import type { ImageCache } from './imageCache';
import type { LargeImage } from './lightbox';
import { Picture } from './picture';
import { stopFor } from './playhead';

type Declaration = PanelOf<'images'>;

export interface ImageActions {
  enlarge(image: LargeImage): void;
  save(tag: string, step: number): void;
}

/** The images of one tag, at the playhead's step. */
export class ImagePanel {
  readonly node: HTMLElement;
  private readonly heading = element('h2');
  private readonly where = element('span', { class: 'where number' });
  private readonly picture = new Picture();
  private readonly message = element('p', { class: 'dim', hidden: true });
  private wanted: number | undefined;
  private shown: number | undefined;
  private loading = false;
  private title = '';
  private rows: Declaration['rows'];

  constructor(
    readonly tag: string,
    private readonly cache: ImageCache,
    private readonly actions: ImageActions,
  ) {
    this.node = element(
      'section',
      { class: 'card image-panel' },
      element('header', {}, this.heading, this.where),
      this.picture.node,
      this.message,
    );
  }

  /** Shows the newest image at or before `step` (the newest of all without one). */
  show({ title, rows }: Declaration, steps: Float64Array, step: number | undefined): void {
    this.title = title;
    this.rows = rows;
    setText(this.heading, title);
    this.wanted = stopFor(steps, step);
    if (this.wanted === undefined) this.say(`No ${title.toLowerCase()} logged yet.`);
    else if (this.wanted !== this.shown) void this.load();
  }

  dispose(): void {
    this.picture.dispose();
    this.node.remove();
  }

  /** One request at a time, always for the newest wanted step: a fast slider skips the steps between. */
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
    const { title, tag, rows } = this;
    const where = `step ${formatStep(step)}`;
    const enlarge = () =>
      this.actions.enlarge({ bitmap, title, where, rows, save: () => this.actions.save(tag, step) });
    this.picture.show(bitmap, `${title} at ${where}`, enlarge, rows);
    this.shown = step;
    setText(this.where, where);
    setHidden(this.message, true);
  }

  private say(text: string): void {
    setText(this.message, text);
    setHidden(this.message, false);
  }
}
