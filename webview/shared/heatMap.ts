import { axisColumn, describeX, fromAxis, toAxis, type AxisTransform } from './axis';
import type { Columns } from './columns';
import { element, setAttributes, setText } from './dom';
import { Extremes } from './extremes';
import { formatStep, formatValue } from './format';
import { heatPixels } from './heatPixels';
import type { HeatPlan } from './plan';
import type { RunView } from './runStore';
import { nearestIndex } from './search';
import type { ChartSettings } from './settings';
import { parseColor, runColor, type Theme } from './theme';

export interface HeatFrame {
  readonly plan: HeatPlan;
  readonly run: RunView;
  readonly settings: ChartSettings;
  readonly theme: Theme;
}

/** A row of the map, if it has points. */
interface Row {
  readonly label: string;
  readonly columns: Columns;
}

/** More columns of pixels than a map has on any screen; series with more points are thinned to them. */
const MOST_COLUMNS = 1200;
const ROWS_AT_ONCE = 10;

/** Many series of one kind, one per row, over the x axis: pale is low, the run's color is high. */
export class HeatMap {
  private readonly title = element('h3');
  private readonly where = element('span', { class: 'where number' });
  private readonly canvas = element('canvas', { class: 'heat', tabindex: 0, role: 'img' });
  private readonly low = element('span', { class: 'number' });
  private readonly high = element('span', { class: 'number' });
  private readonly spoken = element('span', { class: 'visually-hidden', 'aria-live': 'polite' });
  readonly node = element(
    'section',
    { class: 'chart heat-map' },
    element('header', {}, this.title, this.where),
    this.canvas,
    element('div', { class: 'heat-scale dim' }, this.low, element('i'), this.high),
    this.spoken,
  );
  private frame: HeatFrame | undefined;
  private rows: readonly Row[] = [];
  private drawn = '';
  private readonly extremes = new Extremes();
  /** The cell at the keyboard cursor. */
  private at = { row: 0, index: -1 };

  constructor() {
    this.canvas.addEventListener('pointermove', (event) => this.point(event));
    this.canvas.addEventListener('pointerleave', () => setText(this.where, ''));
    this.canvas.addEventListener('keydown', (event) => this.move(event));
  }

  draw(frame: HeatFrame): void {
    this.frame = frame;
    const { plan, run, settings, theme } = frame;
    this.rows = plan.rows.flatMap(({ tag, label }) => {
      const columns = run.series.get(tag);
      return columns && columns.length > 0 ? [{ label, columns }] : [];
    });
    const width = Math.min(MOST_COLUMNS, Math.round(this.canvas.clientWidth));
    const changes = this.rows.reduce((sum, { columns }) => sum + columns.version, 0);
    const height = Math.min(this.rows.length, Math.round(this.canvas.clientHeight * devicePixelRatio));
    const key = [
      width,
      height,
      changes,
      this.rows.length,
      settings.axis,
      theme.background,
      runColor(theme, run.summary.color),
    ];
    if (width === 0 || key.join() === this.drawn) return;
    this.drawn = key.join();
    setText(this.title, plan.title);
    this.title.title = plan.title;
    this.node.style.setProperty('--heat', runColor(theme, run.summary.color));
    const transform = run.transform(settings.axis);
    const [lowest, highest] = this.extremes.of(this.rows.map(({ columns }) => columns));
    setText(this.low, formatValue(lowest));
    setText(this.high, formatValue(highest));
    this.node.dataset['curves'] = String(this.rows.length);
    setAttributes(this.canvas, { 'aria-label': this.describe(plan.title, lowest, highest) });
    if (transform && height > 0) this.paint(transform, { width, height, lowest, highest });
  }

  dispose(): void {
    this.node.remove();
  }

  private paint(
    transform: AxisTransform,
    { width, height, lowest, highest }: Record<'width' | 'height' | 'lowest' | 'highest', number>,
  ): void {
    const { run, theme } = this.frame!;
    const [from, to] = [parseColor(theme.background), parseColor(runColor(theme, run.summary.color))];
    const { minimum, maximum } = this.range(transform);
    const places = Float64Array.from({ length: width }, (_, pixel) =>
      fromAxis(transform, minimum + ((pixel + 0.5) / width) * (maximum - minimum)),
    );
    const rows = this.rows.map(({ columns }) => ({
      xs: axisColumn(transform, run, columns),
      values: columns.values,
    }));
    const colors = { lowest, highest, from, to, broken: parseColor(theme.dim) };
    this.canvas.width = width;
    this.canvas.height = height;
    const image = new ImageData(heatPixels(rows, places, height, colors), width, height);
    this.canvas.getContext('2d')?.putImageData(image, 0, 0);
  }

  private range(transform: AxisTransform): { minimum: number; maximum: number } {
    let [minimum, maximum] = [Infinity, -Infinity];
    for (const { columns } of this.rows) {
      const xs = axisColumn(transform, this.frame!.run, columns);
      minimum = Math.min(minimum, toAxis(transform, xs[0]!));
      maximum = Math.max(maximum, toAxis(transform, xs[xs.length - 1]!));
    }
    return { minimum, maximum: maximum > minimum ? maximum : minimum + 1 };
  }

  private describe(title: string, lowest: number, highest: number): string {
    const last = this.rows.map(({ label, columns }) => ({ label, value: columns.values.at(-1)! }));
    const sorted = last.filter(({ value }) => Number.isFinite(value)).sort((a, b) => a.value - b.value);
    const [least, most] = [sorted[0], sorted.at(-1)];
    const newest =
      least && most
        ? ` Last values: from ${formatValue(least.value)} (${least.label}) to ${formatValue(most.value)} (${most.label}).`
        : '';
    return `${title}: ${this.rows.length} series as a heat map, ${formatValue(lowest)} to ${formatValue(highest)}.${newest} Arrow keys read its cells.`;
  }

  private point({ offsetX, offsetY }: PointerEvent): void {
    const { clientWidth, clientHeight } = this.canvas;
    const row = Math.max(0, Math.min(this.rows.length - 1, Math.floor((offsetY / clientHeight) * this.rows.length)));
    const transform = this.frame?.run.transform(this.frame.settings.axis);
    const columns = this.rows[row]?.columns;
    if (!transform || !columns) return;
    const { minimum, maximum } = this.range(transform);
    const x = fromAxis(transform, minimum + (offsetX / clientWidth) * (maximum - minimum));
    const index = nearestIndex(axisColumn(transform, this.frame!.run, columns), x);
    this.at = { row, index };
    setText(this.where, this.read());
  }

  private move(event: KeyboardEvent): void {
    const rows = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const points = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const end = event.key === 'End' ? Infinity : event.key === 'Home' ? -Infinity : 0;
    if (rows === 0 && points === 0 && end === 0) return;
    event.preventDefault();
    const by = event.shiftKey ? ROWS_AT_ONCE : 1;
    const row = Math.max(0, Math.min(this.rows.length - 1, this.at.row + rows * by));
    const last = (this.rows[row]?.columns.length ?? 0) - 1;
    const from = this.at.index < 0 ? last : this.at.index;
    this.at = { row, index: Math.max(0, Math.min(last, from + points * by + end)) };
    setText(this.where, this.read());
    setText(this.spoken, this.read());
  }

  /** "03 at step 469: 0.98" */
  private read(): string {
    const found = this.rows[this.at.row];
    const { run, settings } = this.frame!;
    const transform = run.transform(settings.axis);
    const { index } = this.at;
    if (!found || !transform || index >= found.columns.length) return '';
    const step = found.columns.steps[index]!;
    const x = toAxis(transform, axisColumn(transform, run, found.columns)[index]!);
    const place = settings.axis === 'step' ? `step ${formatStep(step)}` : describeX(settings.axis, x);
    return `${found.label} at ${place}: ${formatValue(found.columns.values[index])}`;
  }
}
