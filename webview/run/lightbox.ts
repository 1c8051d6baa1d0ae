import '@vscode-elements/elements/dist/vscode-button/index.js';
import { element, setText } from '../shared/dom';
import { RowLabels, rowWords } from './rowLabels';

export interface LargeImage {
  readonly bitmap: ImageBitmap;
  readonly title: string;
  /** "step 3,100" */
  readonly where: string;
  /** What each row of a grid shows, from the top. */
  readonly rows?: readonly string[];
  /** Saves the image with the host's save dialog. */
  save(): void;
}

/** One image, as large as the tab has room for; Escape closes. */
export class Lightbox {
  private readonly title = element('h2');
  private readonly where = element('span', { class: 'dim number' });
  private readonly canvas = element('canvas', { class: 'image crisp', role: 'img' });
  private readonly labels = new RowLabels();
  private readonly frame = element(
    'div',
    { class: 'lightbox-frame' },
    element('div', { class: 'image-frame' }, this.labels.node, this.canvas),
  );
  readonly node: HTMLDialogElement;
  private image: LargeImage | undefined;

  constructor() {
    const save = element('vscode-button', { secondary: true, icon: 'save' }, 'Save as PNG…');
    const close = element('vscode-button', { secondary: true, icon: 'close' }, 'Close');
    save.addEventListener('click', () => this.image?.save());
    close.addEventListener('click', () => this.node.close());
    this.node = element(
      'dialog',
      { class: 'lightbox' },
      element('header', {}, this.title, this.where, element('span', { class: 'lightbox-actions' }, save, close)),
      this.frame,
    );
    // A click on the backdrop, which is the dialog itself or its frame.
    this.node.addEventListener('click', ({ target }) => {
      if (target === this.node || target === this.frame) this.node.close();
    });
    new ResizeObserver(() => this.fit()).observe(this.frame);
  }

  open(image: LargeImage): void {
    this.image = image;
    setText(this.title, image.title);
    setText(this.where, image.where);
    this.canvas.width = image.bitmap.width;
    this.canvas.height = image.bitmap.height;
    this.canvas.getContext('2d')?.drawImage(image.bitmap, 0, 0);
    this.labels.show(image.rows);
    this.canvas.setAttribute('aria-label', `${image.title}, ${image.where}, enlarged${rowWords(image.rows)}`);
    if (!this.node.open) this.node.showModal();
    this.fit();
  }

  /** An integer number of device pixels per image pixel if it fits. */
  private fit(): void {
    const { width, height } = this.canvas;
    const available = [this.frame.clientWidth - this.labels.node.offsetWidth, this.frame.clientHeight];
    const [wide, high] = available.map((size) => size * devicePixelRatio);
    if (!wide || !high || width === 0) return;
    const room = Math.min(wide / width, high / height);
    const scale = room >= 1 ? Math.floor(room) : room;
    this.canvas.style.width = `${(width * scale) / devicePixelRatio}px`;
  }
}
