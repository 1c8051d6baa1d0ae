import { element } from '../shared/dom';
import { RowLabels, rowWords } from './rowLabels';

/** An image at whole device pixels, so that every digit is equally sharp; a click or Enter enlarges it. */
export class Picture {
  private readonly canvas = element('canvas', { class: 'image', role: 'img' });
  private readonly button = element(
    'button',
    { type: 'button', class: 'picture', title: 'Enlarge', hidden: true },
    this.canvas,
  );
  private readonly labels = new RowLabels();
  private readonly room = element('div', { class: 'image-room' }, this.button);
  readonly node = element('div', { class: 'image-frame' }, this.labels.node, this.room);
  private readonly sizes = new ResizeObserver(() => this.fit());
  private enlarge: () => void = () => undefined;

  constructor() {
    this.canvas.width = 0;
    // An empty canvas would be 150 pixels high.
    this.canvas.height = 0;
    this.sizes.observe(this.room);
    this.button.addEventListener('click', () => this.enlarge());
  }

  show(bitmap: ImageBitmap, label: string, enlarge: () => void, rows?: readonly string[]): void {
    this.enlarge = enlarge;
    this.canvas.width = bitmap.width;
    this.canvas.height = bitmap.height;
    this.canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    this.canvas.setAttribute('aria-label', label + rowWords(rows));
    this.labels.show(rows);
    this.button.hidden = false;
    this.fit();
  }

  dispose(): void {
    this.sizes.disconnect();
  }

  /** Scaled down only to fit. */
  private fit(): void {
    const { width } = this.canvas;
    const available = this.room.clientWidth * devicePixelRatio;
    if (width === 0 || available === 0) return;
    const scale = available >= width ? Math.floor(available / width) : available / width;
    this.canvas.style.width = `${(width * scale) / devicePixelRatio}px`;
    this.canvas.classList.toggle('crisp', scale >= 1);
  }
}
