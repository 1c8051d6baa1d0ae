import { element, setHidden, setText } from './dom';

/** A curve's value at the cursor. */
export interface Reading {
  /** Key of the run, since names need not differ. */
  readonly key: string;
  readonly run: string;
  readonly label: string;
  /** The index of the curve among the kinds of its chart. */
  readonly kind: number;
  readonly color: string;
  readonly dash: readonly number[];
  readonly number: number;
  readonly value: string;
  /** CSS pixels inside the plot; NaN if the value cannot be drawn. */
  readonly pixelX: number;
  readonly pixelY: number;
}

/** More dots would hide the curves; then only those of the nearest run are marked. */
const MOST_DOTS = 24;

/** Lines and values over a plot that move with the pointer; DOM elements, so that a movement redraws no curve. */
export class Overlay {
  readonly node = element('div', { class: 'overlay', 'aria-hidden': 'true' });
  readonly selection = element('div', { class: 'selection', hidden: true });
  private readonly crosshair = element('div', { class: 'crosshair', hidden: true });
  private readonly playhead = element('div', { class: 'playhead', hidden: true });
  private readonly dots = element('div', { class: 'dots' });
  private readonly offset = element('div', { class: 'offset', hidden: true });
  private readonly remark = element('div', { class: 'remark', hidden: true });

  constructor() {
    this.node.append(this.offset, this.playhead, this.crosshair, this.dots, this.selection, this.remark);
  }

  setArea(area: { top: number; bottom: number }): void {
    for (const line of [this.crosshair, this.playhead, this.selection]) {
      line.style.top = `${area.top}px`;
      line.style.height = `${area.bottom - area.top}px`;
    }
  }

  /** Shows the offset that is to be added to the labels of the y axis. */
  setOffset(offset: number): void {
    setHidden(this.offset, offset === 0);
    setText(this.offset, `${offset < 0 ? '−' : '+'}${Math.abs(offset)}`);
  }

  setPlayhead(pixel: number | undefined): void {
    place(this.playhead, pixel);
  }

  /**
   * Shows the crosshair and a dot on each curve.
   * @param near the run whose dots stand out
   */
  setCrosshair(pixel: number | undefined, readings: readonly Reading[], near: string | undefined): void {
    place(this.crosshair, pixel);
    const marked = readings.length <= MOST_DOTS ? readings : readings.filter(({ key }) => key === near);
    const dots = marked.flatMap((reading) => dot(reading, reading.key === near));
    this.dots.replaceChildren(...(pixel === undefined ? [] : dots));
  }

  /** Shows descriptions at the crosshair, one per line. */
  setRemark(
    pixel: number | undefined,
    lines: readonly string[] | undefined,
    { left, right }: { left: number; right: number },
  ): void {
    setHidden(this.remark, pixel === undefined || lines === undefined);
    if (pixel === undefined || lines === undefined) return;
    this.remark.replaceChildren(...lines.map((line) => element('div', {}, line)));
    this.remark.style.maxWidth = `${right - left}px`;
    putBeside(this.remark, pixel, left, right);
  }
}

/** Beside the crosshair, on the side with more room, and never over the labels of the y axis. */
function putBeside(node: HTMLElement, pixel: number, left: number, right: number): void {
  node.style.transform =
    pixel > (left + right) / 2
      ? `translateX(max(${left}px, calc(${pixel - 8}px - 100%)))`
      : `translateX(min(${pixel + 8}px, calc(${right}px - 100%)))`;
}

function place(line: HTMLElement, pixel: number | undefined): void {
  setHidden(line, pixel === undefined || !Number.isFinite(pixel));
  if (!line.hidden) line.style.transform = `translateX(${pixel}px)`;
}

function dot({ pixelX, pixelY, color }: Reading, near: boolean): HTMLElement[] {
  if (!Number.isFinite(pixelX) || !Number.isFinite(pixelY)) return [];
  const node = element('div', { class: near ? 'dot near' : 'dot' });
  node.style.transform = `translate(${pixelX}px, ${pixelY}px)`;
  node.style.background = color;
  return [node];
}
