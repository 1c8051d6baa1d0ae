import { element, setAttributes, setHidden, setText } from '../../shared/dom';
import type { Theme } from '../../shared/theme';

export interface FigureSize {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

export const LABEL_SIZE = 11;

/**
 * A card with a title, a canvas that fits its container, and a line that describes what is under the pointer or the
 * keyboard cursor.
 */
export class Figure {
  readonly canvas = element('canvas', { class: 'figure-canvas', tabindex: 0, role: 'img' });
  readonly node: HTMLElement;
  private readonly heading = element('h2');
  private readonly where = element('span', { class: 'where number' });
  private readonly reading = element('p', { class: 'figure-reading number dim', 'aria-hidden': 'true' });
  private readonly message = element('p', { class: 'dim figure-message', hidden: true });
  private readonly spoken = element('span', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly body: HTMLElement;
  private readonly sizes: ResizeObserver;
  private frame = 0;
  private caption = '';

  /**
   * @param kind class of the card
   * @param paint draws everything; the context counts in CSS pixels and is empty
   */
  constructor(
    kind: string,
    private readonly paint: (context: CanvasRenderingContext2D, size: FigureSize) => void,
    parts: { readonly actions?: readonly HTMLElement[]; readonly below?: readonly HTMLElement[] } = {},
  ) {
    const { actions = [], below = [] } = parts;
    this.body = element('div', { class: 'figure-body' }, this.canvas, this.reading, ...below);
    this.node = element(
      'section',
      { class: `card figure-panel ${kind}` },
      element('header', {}, this.heading, this.where, ...actions),
      this.body,
      this.message,
      this.spoken,
    );
    this.sizes = new ResizeObserver(() => this.invalidate());
    this.sizes.observe(this.canvas);
  }

  /** Size of the canvas; without width before layout. */
  get size(): FigureSize {
    return { width: this.canvas.clientWidth, height: this.canvas.clientHeight, ratio: devicePixelRatio };
  }

  title(title: string, where: string): void {
    setText(this.heading, title);
    this.heading.title = title;
    setText(this.where, where);
  }

  /** A description of the picture for screen readers, and a short form for everyone. */
  describe(text: string, caption: string): void {
    if (this.canvas.getAttribute('aria-label') !== text) setAttributes(this.canvas, { 'aria-label': text });
    if (this.reading.textContent === this.caption) setText(this.reading, caption);
    this.caption = caption;
  }

  /** Shows what is under the pointer; the caption without it. */
  read(text: string | undefined): void {
    setText(this.reading, text ?? this.caption);
  }

  /** Shows and announces what the keyboard cursor has reached. */
  speak(text: string): void {
    this.read(text);
    setText(this.spoken, text);
  }

  /** A message in place of the picture, or below it if there is one. */
  say(text: string | undefined, pictured: boolean): void {
    setText(this.message, text ?? '');
    setHidden(this.message, text === undefined);
    setHidden(this.body, !pictured);
  }

  /** Draws with the next frame. */
  invalidate(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.sizes.disconnect();
    this.node.remove();
  }

  private draw(): void {
    const { width, height, ratio } = this.size;
    if (width === 0 || height === 0) return;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting a size clears the canvas and releases its memory, even if the size is the same.
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
    const context = this.canvas.getContext('2d');
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.save();
    this.paint(context, { width, height, ratio });
    context.restore();
  }
}

/** Text of an axis. */
export function label(
  context: CanvasRenderingContext2D,
  theme: Theme,
  text: string,
  at: { readonly x: number; readonly y: number; readonly align?: CanvasTextAlign; readonly base?: CanvasTextBaseline },
): void {
  context.font = `${LABEL_SIZE}px ${theme.font}`;
  context.fillStyle = theme.dim;
  context.textAlign = at.align ?? 'left';
  context.textBaseline = at.base ?? 'middle';
  context.fillText(text, at.x, at.y);
}
