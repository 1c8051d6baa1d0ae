import { element, setHidden } from './dom';

/** A curve's value at the cursor. */
export interface Reading {
  readonly run: string;
  readonly label: string;
  readonly color: string;
  readonly value: string;
  /** CSS pixels inside the plot; NaN where the value can't be drawn. */
  readonly pixelX: number;
  readonly pixelY: number;
}

/** Lines and values over a plot that move with the pointer: elements, so that a move redraws no curve. */
export class Overlay {
  readonly node = element('div', { class: 'overlay', 'aria-hidden': 'true' });
  readonly selection = element('div', { class: 'selection', hidden: true });
  private readonly crosshair = element('div', { class: 'crosshair', hidden: true });
  private readonly playhead = element('div', { class: 'playhead', hidden: true });
  private readonly dots = element('div', { class: 'dots' });
  private readonly remark = element('div', { class: 'remark', hidden: true });
  private readonly readout = element('div', { class: 'readout', hidden: true });

  constructor() {
    this.node.append(this.playhead, this.crosshair, this.dots, this.selection, this.readout, this.remark);
  }

  setArea(area: { top: number; bottom: number }): void {
    for (const line of [this.crosshair, this.playhead, this.selection]) {
      line.style.top = `${area.top}px`;
      line.style.height = `${area.bottom - area.top}px`;
    }
  }

  setPlayhead(pixel: number | undefined): void {
    place(this.playhead, pixel);
  }

  /**
   * Shows the crosshair and a dot on each curve.
   * @param table whether the values are listed beside the crosshair as well
   */
  setCrosshair(
    pixel: number | undefined,
    readings: readonly Reading[],
    table: boolean,
    area: { left: number; right: number; top: number; bottom: number },
  ): void {
    const { left, right } = area;
    place(this.crosshair, pixel);
    this.dots.replaceChildren(...(pixel === undefined ? [] : readings.flatMap(dot)));
    setHidden(this.readout, pixel === undefined || !table || readings.length === 0);
    if (pixel === undefined || this.readout.hidden) return;
    this.readout.replaceChildren(valueTable(readings));
    // Where the curves are not: above those that run low, below those that run high.
    const heights = readings.map(({ pixelY }) => pixelY).filter(Number.isFinite);
    const mean = heights.reduce((sum, height) => sum + height, 0) / heights.length;
    this.readout.classList.toggle('low', mean < (area.top + area.bottom) / 2);
    putBeside(this.readout, pixel, left, right);
  }

  /** Says what is at the crosshair, a line each. */
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

function dot({ pixelX, pixelY, color }: Reading): HTMLElement[] {
  if (!Number.isFinite(pixelX) || !Number.isFinite(pixelY)) return [];
  const node = element('div', { class: 'dot' });
  node.style.transform = `translate(${pixelX}px, ${pixelY}px)`;
  node.style.background = color;
  return [node];
}

/** A row for each run, a column for each kind of curve. */
function valueTable(readings: readonly Reading[]): HTMLElement {
  const kinds = [...new Set(readings.map(({ label }) => label))];
  const runs = [...new Set(readings.map(({ run }) => run))];
  const heads =
    kinds.length > 1 ? [element('tr', {}, ...['', '', ...kinds].map((kind) => element('th', {}, kind)))] : [];
  const rows = runs.map((run) => {
    const own = readings.filter((reading) => reading.run === run);
    const swatch = element('i');
    swatch.style.background = own[0]!.color;
    const values = kinds.map((kind) => own.find(({ label }) => label === kind)?.value ?? '');
    return element(
      'tr',
      {},
      element('td', {}, swatch),
      element('td', { class: 'label' }, run),
      ...values.map((value) => element('td', { class: 'number' }, value)),
    );
  });
  return element('table', {}, ...heads, ...rows);
}
