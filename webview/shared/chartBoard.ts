import type { Disposable } from '../../src/common/disposable';
import { isLive } from '../../src/protocol/status';
import { axisColumn, toAxis, xOfStep, type AxisKind } from './axis';
import type { Cursor } from './cursor';
import { Curve } from './curve';
import { element, setHidden, setText } from './dom';
import { LineChart, type ChartCurve } from './lineChart';
import type { PlotMark } from './marks';
import { curveKey, type ChartPlan } from './plan';
import type { RunView } from './runStore';
import type { Range } from './sceneOf';
import type { ChartSettings, SettingsStore } from './settings';
import { runColor, type Theme } from './theme';

const BEGINNING_STEPS = 100;
const BEGINNING_SECONDS = 10;

/** Charts per page: a log may have tens of thousands of tags. */
const PAGE = 60;
/**
 * Distance in pixels beyond the visible area at which a chart is created, so that it is ready when it scrolls into
 * view.
 */
const AHEAD = 400;

export interface BoardOptions {
  readonly settings: SettingsStore;
  readonly cursor: Cursor;
  /** Small multiples: many charts of one curve each. */
  readonly small?: boolean;
  requestDraw(): void;
}

/** A list of charts with a common x axis and cursor. */
export class ChartBoard {
  private readonly list = element('div', { class: 'board' });
  private readonly more = element('button', { type: 'button', class: 'link more-charts', hidden: true });
  readonly node = element('div', {}, this.list, this.more);
  private most = PAGE;
  private readonly charts = new Map<string, LineChart>();
  /** Placeholders of charts that have not been scrolled into view yet, which need no canvas. */
  private readonly places = new Map<string, HTMLElement>();
  private readonly inSight: IntersectionObserver;
  /** Gives placeholders the height of the last chart: nothing moves under the pointer when charts replace them. */
  private readonly heights = new ResizeObserver((entries) => {
    const height = entries.at(-1)?.borderBoxSize[0]?.blockSize ?? 0;
    if (height > 0) this.list.style.setProperty('--chart-height', `${height}px`);
  });
  private measured: HTMLElement | undefined;
  private readonly listening: Disposable;
  private readonly curves = new Map<string, Curve>();
  /** The zoomed part of the x axis; undefined shows all. */
  private zoomed: Range | undefined;

  constructor(private readonly options: BoardOptions) {
    if (options.small === true) this.list.classList.add('small');
    this.more.addEventListener('click', () => {
      this.most += PAGE;
      options.requestDraw();
    });
    this.inSight = new IntersectionObserver(
      (entries) => {
        const seen = entries.filter(({ isIntersecting }) => isIntersecting);
        if (this.make(seen.map(({ target }) => target))) options.requestDraw();
      },
      { rootMargin: `${AHEAD}px` },
    );
    options.cursor.onMove(() => this.charts.forEach((chart) => chart.drawCursor()));
    let { axis } = options.settings.value;
    this.listening = options.settings.onChange((settings) => {
      // A range of steps is meaningless on an axis of seconds.
      if (settings.axis !== axis) this.zoomed = undefined;
      axis = settings.axis;
      options.requestDraw();
    });
  }

  /** For a board that goes before its page does. */
  dispose(): void {
    this.listening.dispose();
    this.inSight.disconnect();
    this.heights.disconnect();
    for (const chart of this.charts.values()) chart.dispose();
    this.charts.clear();
  }

  get zoom(): Range | undefined {
    return this.zoomed;
  }

  setZoom(range: Range | undefined): void {
    this.zoomed = range && range.maximum > range.minimum ? range : undefined;
    this.options.requestDraw();
  }

  /**
   * Updates the charts to match the plan and redraws those that changed.
   * @param playhead the shown step; undefined while following the newest
   */
  draw(all: readonly ChartPlan[], runs: readonly RunView[], theme: Theme, playhead?: number): void {
    const settings = this.options.settings.value;
    const plans = all.slice(0, this.most);
    setHidden(this.more, plans.length === all.length);
    setText(this.more, `Show more (${all.length - plans.length} further charts)`);
    this.reconcile(plans);
    const byKey = new Map(runs.map((run) => [run.summary.key, run]));
    const perChart = plans.map((plan) => ({ plan, curves: this.chartCurves(plan, byKey, settings, theme) }));
    this.forgetCurves(perChart.flatMap(({ curves }) => curves.map(({ curve }) => curve)));
    const range =
      this.zoomed ??
      xRange(
        perChart.flatMap(({ curves }) => curves),
        settings,
      );
    const marks = marksOf(runs, settings);
    const playheadAt = playheadX(runs[0], settings, playhead);
    for (const { plan, curves } of perChart) {
      const chart = this.charts.get(plan.key);
      const title = this.places.get(plan.key)?.querySelector('h3');
      if (title) setText(title, plan.title);
      chart?.setTitle(plan.title, plan.unit);
      chart?.draw({ curves, settings, range, theme, marks, playhead: playheadAt });
      if (chart) describe(chart.node, curves);
      chart?.node.classList.remove('unseen');
    }
    this.measure([...this.charts.values()].at(-1)?.node);
  }

  private measure(node: HTMLElement | undefined): void {
    if (node === this.measured) return;
    this.heights.disconnect();
    if (node) this.heights.observe(node);
    this.measured = node;
  }

  /** Creates the charts at these indices; returns whether any was created. */
  private make(places: readonly Element[]): boolean {
    const keys = [...this.places].flatMap(([key, place]) => (places.includes(place) ? [key] : []));
    for (const key of keys) {
      const chart = this.newChart(key);
      // Until it is drawn it has no legend, and would be lower than its placeholder for a frame.
      chart.node.classList.add('unseen');
      this.charts.set(key, chart);
      this.places.get(key)!.replaceWith(chart.node);
      this.forgetPlace(key);
    }
    return keys.length > 0;
  }

  private newChart(key: string): LineChart {
    return new LineChart(key, this.options.cursor, {
      toggle: (entry) => this.options.settings.toggleHidden(entry),
      zoom: (range) => this.setZoom(range),
      redraw: () => this.options.requestDraw(),
    });
  }

  private newPlace(key: string): HTMLElement {
    const place = element('section', { class: 'chart unseen' }, element('header', {}, element('h3')));
    this.places.set(key, place);
    this.inSight.observe(place);
    return place;
  }

  private forgetPlace(key: string): void {
    const place = this.places.get(key);
    if (place) this.inSight.unobserve(place);
    place?.remove();
    this.places.delete(key);
  }

  private reconcile(plans: readonly ChartPlan[]): void {
    const wanted = new Set(plans.map(({ key }) => key));
    for (const [key, chart] of this.charts) {
      if (wanted.has(key)) continue;
      chart.dispose();
      this.charts.delete(key);
    }
    for (const key of this.places.keys()) if (!wanted.has(key)) this.forgetPlace(key);
    let previous: Element | null = null;
    for (const { key } of plans) {
      const node: HTMLElement = this.charts.get(key)?.node ?? this.places.get(key) ?? this.newPlace(key);
      const place: Element | null = previous ? previous.nextElementSibling : this.list.firstElementChild;
      if (node !== place) this.list.insertBefore(node, place);
      previous = node;
    }
    // Charts that are visible at once must not wait for the observer, which reports a frame later.
    this.make([...this.places.values()].filter(isNear));
  }

  private chartCurves(
    plan: ChartPlan,
    runs: ReadonlyMap<string, RunView>,
    settings: ChartSettings,
    theme: Theme,
  ): ChartCurve[] {
    return plan.curves.flatMap((planned) => {
      const run = runs.get(planned.run);
      const columns = run?.series.get(planned.tag);
      if (!run || !columns) return [];
      const key = JSON.stringify([planned.run, planned.tag, plan.key]);
      let curve = this.curves.get(key);
      // A snapshot replaces runs and columns under the same names.
      if (curve?.run !== run || curve.columns !== columns || curve.plan.kind !== planned.kind) {
        curve = new Curve(planned, run, columns);
        this.curves.set(key, curve);
      }
      const hidden = settings.hidden.includes(curveKey(planned));
      return [{ curve, hidden, color: runColor(theme, run.summary.color, planned.kind) }];
    });
  }

  private forgetCurves(used: readonly Curve[]): void {
    const kept = new Set(used);
    for (const [key, curve] of this.curves) if (!kept.has(curve)) this.curves.delete(key);
  }
}

/**
 * From the first to the last point of all visible curves; from 0 if the first is close to it (logs begin at step 1 or
 * 10).
 */
function xRange(curves: readonly ChartCurve[], settings: ChartSettings): Range {
  let minimum = Infinity;
  let maximum = -Infinity;
  for (const { curve, hidden } of curves) {
    const transform = curve.transform(settings.axis);
    if (hidden || !transform || curve.columns.length === 0) continue;
    const column = axisColumn(transform, curve.run, curve.columns);
    minimum = Math.min(minimum, toAxis(transform, column[0]!));
    maximum = Math.max(maximum, toAxis(transform, column[column.length - 1]!));
  }
  if (minimum > maximum) return { minimum: 0, maximum: 1 };
  maximum = Math.max(maximum, leastRange(curves, settings.axis));
  if (minimum > 0 && minimum < maximum * 0.05) minimum = 0;
  return maximum > minimum ? { minimum, maximum } : { minimum, maximum: minimum + 1 };
}

/** The initial range of the axis for a run that has just begun, so that it does not jump with every point. */
function leastRange(curves: readonly ChartCurve[], axis: AxisKind): number {
  const beginnings = curves.flatMap(({ curve: { run } }) => {
    const { status, totalSteps, stepsPerEpoch } = run.summary;
    if (!isLive(status)) return [];
    const steps = totalSteps > 0 ? Math.min(totalSteps, BEGINNING_STEPS) : BEGINNING_STEPS;
    return axis === 'step' ? [steps] : axis === 'epoch' ? [steps / Math.max(1, stepsPerEpoch)] : [BEGINNING_SECONDS];
  });
  return Math.max(0, ...beginnings);
}

/** Events are marked only if one run is shown; those of several would clutter the chart. */
function marksOf(runs: readonly RunView[], { axis }: ChartSettings): PlotMark[] {
  const [run] = runs;
  if (!run || runs.length > 1) return [];
  return run.marks.flatMap(({ step, text }) => {
    const x = playheadX(run, { axis }, step);
    return x === undefined ? [] : [{ x, text }];
  });
}

function playheadX(
  run: RunView | undefined,
  { axis }: Pick<ChartSettings, 'axis'>,
  step: number | undefined,
): number | undefined {
  if (!run || step === undefined) return undefined;
  const transform = run.transform(axis);
  return transform && xOfStep(transform, run, step);
}

function isNear(node: HTMLElement): boolean {
  const { top, bottom, width } = node.getBoundingClientRect();
  return width > 0 && bottom > -AHEAD && top < innerHeight + AHEAD;
}

/** The content of a chart, for tests, which cannot read a canvas. */
function describe(node: HTMLElement, curves: readonly ChartCurve[]): void {
  const drawn = curves.filter(({ curve }) => curve.columns.length > 0);
  node.dataset['curves'] = String(drawn.length);
  node.dataset['lastStep'] = String(Math.max(...drawn.map(({ curve }) => curve.columns.steps.at(-1)!)));
}
