import { axisColumn, describeX, fromAxis, toAxis } from './axis';
import { CanvasChart } from './canvasChart';
import type { Cursor } from './cursor';
import { dashOf, type Curve } from './curve';
import { element, setHidden, setText } from './dom';
import { atMost } from '../../src/common/names';
import { formatSteady, formatStep, formatValue } from './format';
import { Legend, type LegendEntry } from './legend';
import { textNear, type PlotMark } from './marks';
import { Overlay, type Reading } from './overlay';
import { curveKey } from './plan';
import { Readout } from './readout';
import { listenToPlot } from './plotInput';
import { buildScene, type Range } from './sceneOf';
import { nearestIndex } from './search';
import type { ChartSettings } from './settings';
import type { Theme } from './theme';

/** A curve of this chart, with the color assigned by the board. */
export interface ChartCurve {
  readonly curve: Curve;
  readonly color: string;
  readonly hidden: boolean;
}

export interface ChartFrame {
  readonly curves: readonly ChartCurve[];
  readonly settings: ChartSettings;
  readonly range: Range;
  readonly theme: Theme;
  readonly marks: readonly PlotMark[];
  /** The view's playhead, in axis units; undefined while it follows the run. */
  readonly playhead: number | undefined;
}

export interface ChartActions {
  toggle(key: string): void;
  zoom(range: Range | undefined): void;
  /** Called after a new layout, or when the chart comes into view. */
  redraw(): void;
}

/** Maximum number of runs named in a label, which states how many more there are. */
const NAMED_RUNS = 12;

/** A curve that ends fewer CSS pixels from the cursor still has a value there. */
const REACH = 8;

/** One chart: heading, legend and plot. It reports the user's actions. */
export class LineChart {
  readonly node: HTMLElement;
  private readonly titleNode = element('h3');
  private readonly unitNode = element('span', { class: 'unit' });
  private readonly whereNode = element('span', { class: 'where number' });
  private readonly noticeNode = element('p', { class: 'notice', role: 'note', hidden: true });
  private readonly spoken = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly plot = element('div', {
    class: 'plot',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'chart',
  });
  private readonly overlay = new Overlay();
  private readonly legend: Legend;
  private readonly canvas: CanvasChart;
  private readonly visibility: IntersectionObserver;
  private frame: ChartFrame | undefined;
  private remarks: readonly PlotMark[] = [];
  private inSight = true;
  private drawn = '';
  private name = '';
  /**
   * Vertical position of the pointer in CSS pixels from the plot's top; undefined while the keyboard moves the cursor.
   */
  private pointerY: number | undefined;

  constructor(
    readonly key: string,
    private readonly cursor: Cursor,
    private readonly actions: ChartActions,
  ) {
    this.legend = new Legend((entry) => actions.toggle(entry));
    const canvas = element('canvas');
    this.plot.append(canvas, this.overlay.node);
    this.node = element(
      'section',
      { class: 'chart' },
      element('header', {}, element('div', { class: 'heading' }, this.titleNode, this.unitNode), this.whereNode),
      this.legend.node,
      this.plot,
      this.noticeNode,
      this.spoken,
    );
    this.canvas = new CanvasChart(canvas, () => actions.redraw());
    this.visibility = new IntersectionObserver(([entry]) => {
      const appeared = entry!.isIntersecting && !this.inSight;
      this.inSight = entry!.isIntersecting;
      if (appeared) actions.redraw();
    });
    this.visibility.observe(this.plot);
    listenToPlot(this.plot, this.overlay.selection, {
      toX: (pixel) => this.canvas.pixelToX(pixel),
      hover: (x, y) => this.hover(x, y),
      pick: (x = cursor.position?.x) => x !== undefined && cursor.pick(this.clamp(x)),
      stepBy: (points) => this.stepBy(points),
      zoom: (range) => actions.zoom(range),
    });
  }

  setTitle(title: string, unit: string): void {
    if (this.titleNode.textContent !== title) {
      // The last part of a tag distinguishes it, so the folders before it are truncated first.
      const own = title.lastIndexOf('/') + 1;
      const parts = [element('span', { class: 'folders' }, title.slice(0, own)), element('span', {}, title.slice(own))];
      this.titleNode.replaceChildren(...(own === 0 ? [title] : parts));
      this.titleNode.title = unit === '' ? title : `${title}, ${unit}`;
    }
    setText(this.unitNode, unit);
    this.name = `${title}${unit === '' ? '' : `, ${unit}`}`;
  }

  private describe(curves: readonly ChartCurve[]): void {
    const names = [...new Set(curves.map(({ curve }) => curve.run.summary.name))];
    const whose = names.length === 0 ? '' : ` Curves of ${atMost(names, NAMED_RUNS)}.`;
    this.plot.setAttribute('aria-label', `${this.name}.${whose} Arrow keys move along the curve.`);
  }

  /** Draws if something has changed and the chart is visible. */
  draw(frame: ChartFrame): void {
    const themeOrLayout = this.frame?.theme !== frame.theme || this.frame.settings !== frame.settings;
    this.frame = frame;
    const width = this.canvas.plotWidth;
    if (!this.inSight || width === 0) return;
    const key = [
      width,
      this.canvas.height,
      frame.range.minimum,
      frame.range.maximum,
      frame.marks.map(({ x }) => x).join(),
      ...frame.curves.map(
        ({ curve, color, hidden }) => `${curve.plan.run}|${curve.plan.tag}|${curve.columns.version}|${color}|${hidden}`,
      ),
    ].join(';');
    if (key !== this.drawn || themeOrLayout) {
      this.drawn = key;
      const curves = frame.curves.filter(({ hidden }) => !hidden);
      this.describe(curves);
      const { scene, notice, remarks } = buildScene({ ...frame, curves, width, height: this.canvas.height });
      this.canvas.draw(scene);
      this.remarks = remarks;
      this.overlay.setArea(this.canvas.area);
      this.overlay.setOffset(scene.y.offset);
      setText(this.noticeNode, notice === undefined ? '' : `${notice}.`);
      setHidden(this.noticeNode, notice === undefined);
    }
    this.drawCursor();
  }

  /** Updates crosshair, playhead and values; cheap enough for every pointer movement. */
  drawCursor(): void {
    const { frame } = this;
    if (!frame || !this.inSight) return;
    const { position } = this.cursor;
    const several = new Set(frame.curves.map(({ curve }) => curve.run)).size > 1;
    const x = position?.x;
    const inside = x !== undefined && x >= frame.range.minimum && x <= frame.range.maximum;
    const visible = frame.curves.filter(({ hidden }) => !hidden);
    const read = inside ? visible.filter(({ curve }) => !several || this.reaches(curve, x)) : [];
    const readings = inside ? read.map((entry) => this.read(entry, x)) : [];
    const here = inside && position?.chart === this.key ? this.canvas.xToPixel(x) : undefined;
    const near = here === undefined || this.pointerY === undefined ? undefined : nearest(readings, this.pointerY);
    this.overlay.setPlayhead(frame.playhead === undefined ? undefined : this.canvas.xToPixel(frame.playhead));
    this.overlay.setCrosshair(inside ? this.canvas.xToPixel(x) : undefined, readings, several ? near : undefined);
    if (here === undefined || !several) Readout.shared().hide(this);
    else this.showReadout(readings, near, here);
    const remark = here === undefined ? undefined : textNear(this.remarks, here, (at) => this.canvas.xToPixel(at));
    this.overlay.setRemark(here, remark, this.canvas.area);
    setText(this.whereNode, position?.chart === this.key ? describeX(frame.settings.axis, position.x) : '');
    const entries = this.legendEntries(frame, x ?? frame.playhead, several);
    this.legend.node.classList.toggle(
      'single',
      entries.length === 1 && entries[0]!.label === this.titleNode.textContent,
    );
    this.legend.update(entries);
  }

  dispose(): void {
    Readout.shared().hide(this);
    this.visibility.disconnect();
    this.canvas.dispose();
    this.node.remove();
  }

  private hover(x: number | undefined, y: number | undefined): void {
    this.pointerY = y;
    const before = this.cursor.position;
    this.cursor.move(x === undefined ? undefined : { x: this.clamp(x), chart: this.key });
    // After a vertical movement another curve may be nearest.
    if (this.cursor.position === before) this.drawCursor();
  }

  private showReadout(readings: readonly Reading[], near: string | undefined, pixel: number): void {
    const plot = this.plot.getBoundingClientRect();
    const y = this.pointerY === undefined ? undefined : plot.top + this.pointerY;
    Readout.shared().show(this, readings, near, { plot, x: plot.left + pixel, y });
  }

  /** Whether the curve has points around `x`: a run that ended long before has no value there. */
  private reaches(curve: Curve, x: number): boolean {
    const transform = curve.transform(this.frame!.settings.axis);
    if (!transform || curve.columns.length === 0) return false;
    const column = axisColumn(transform, curve.run, curve.columns);
    const [first, last] = [toAxis(transform, column[0]!), toAxis(transform, column[column.length - 1]!)];
    const { minimum, maximum } = this.frame!.range;
    const pixels = (REACH / Math.max(1, this.canvas.plotWidth)) * (maximum - minimum);
    const spacing = (last - first) / Math.max(1, column.length - 1);
    // A value measured once per epoch remains current until the next one, but not beyond the run's own end.
    const times = axisColumn(transform, curve.run, curve.run.reference);
    const end = Math.max(last, Math.min(last + spacing, toAxis(transform, times[times.length - 1] ?? 0)));
    return x >= first - Math.max(pixels, spacing) && x <= end + pixels;
  }

  private legendEntries(frame: ChartFrame, x: number | undefined, several: boolean): LegendEntry[] {
    const entries = new Map<string, LegendEntry>();
    for (const { curve, color } of frame.curves) {
      const key = curveKey({ tag: curve.plan.tag });
      if (entries.has(key)) continue;
      const index = several ? -1 : this.indexAt(curve, x);
      entries.set(key, {
        key,
        label: curve.plan.label,
        color: several ? 'currentColor' : color,
        dash: several ? dashOf(curve.plan.kind) : curve.dash,
        hidden: frame.settings.hidden.includes(key),
        value: index < 0 ? undefined : formatSteady(curve.columns.values[index]!),
        smooth: index < 0 || curve.smoothed.length === 0 ? undefined : formatSteady(curve.smoothed[index]!),
      });
    }
    return [...entries.values()];
  }

  /** The point nearest to `x`, or the last one without it; −1 if there is none. */
  private indexAt(curve: Curve, x: number | undefined): number {
    const transform = curve.transform(this.frame!.settings.axis);
    if (x === undefined || !transform) return curve.columns.length - 1;
    return nearestIndex(axisColumn(transform, curve.run, curve.columns), fromAxis(transform, x));
  }

  private read({ curve, color }: ChartCurve, x: number): Reading {
    const { settings } = this.frame!;
    const transform = curve.transform(settings.axis);
    const index = transform ? this.indexAt(curve, x) : -1;
    const value = curve.columns.values[index];
    const shown = curve.smoothed[index] ?? value ?? NaN;
    return {
      key: curve.plan.run,
      run: curve.run.summary.name,
      label: curve.plan.label,
      kind: curve.plan.kind,
      color,
      dash: curve.dash,
      number: value ?? NaN,
      value: value === undefined ? '–' : formatSteady(value),
      pixelX:
        transform && index >= 0
          ? this.canvas.xToPixel(toAxis(transform, axisColumn(transform, curve.run, curve.columns)[index]!))
          : NaN,
      pixelY: settings.logarithmic && shown <= 0 ? NaN : this.canvas.yToPixel(shown),
    };
  }

  /** Moves along the points of the first visible curve, and announces the values. */
  private stepBy(points: number): void {
    const lead = this.frame?.curves.find(({ hidden, curve }) => !hidden && curve.columns.length > 0)?.curve;
    const transform = lead?.transform(this.frame!.settings.axis);
    if (!lead || !transform) return;
    const column = axisColumn(transform, lead.run, lead.columns);
    const here = this.cursor.position?.x ?? this.frame!.playhead;
    const from = here === undefined ? column.length - 1 : nearestIndex(column, fromAxis(transform, here));
    const index = Math.max(0, Math.min(column.length - 1, here === undefined ? from : from + points));
    const x = toAxis(transform, column[index]!);
    this.cursor.move({ x, chart: this.key });
    const values = this.frame!.curves.filter(({ hidden, curve }) => !hidden && this.reaches(curve, x)).map(
      ({ curve }) =>
        `${curve.run.summary.name} ${curve.plan.label} ${formatValue(curve.columns.values[this.indexAt(curve, x)])}`,
    );
    setText(this.spoken, `Step ${formatStep(lead.columns.steps[index]!)}: ${atMost(values, NAMED_RUNS)}`);
  }

  private clamp(x: number): number {
    const { minimum, maximum } = this.frame!.range;
    return Math.max(minimum, Math.min(maximum, x));
  }
}

/** The run of the reading nearest to the pointer. */
function nearest(readings: readonly Reading[], y: number): string | undefined {
  let best: Reading | undefined;
  for (const reading of readings) {
    const distance = Math.abs(reading.pixelY - y);
    if (!Number.isNaN(distance) && !(best && Math.abs(best.pixelY - y) <= distance)) best = reading;
  }
  return best?.key;
}
