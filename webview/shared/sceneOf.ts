import { toAxis, type AxisKind } from './axis';
import type { DrawnLine, Scene } from './canvasChart';
import { dashOf, type Curve } from './curve';
import type { Decimated } from './decimation';
import type { ChartSettings } from './settings';
import type { Theme } from './theme';
import { linearTicks, logTicks, xTicks } from './ticks';

export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

export interface SceneInput {
  readonly curves: readonly { readonly curve: Curve; readonly color: string }[];
  readonly settings: ChartSettings;
  readonly range: Range;
  /** CSS pixels of the plot. */
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** Events, in axis units. */
  readonly marks: readonly number[];
}

export interface BuiltScene {
  readonly scene: Scene;
  /** What the chart can't show, in words; undefined where it shows everything. */
  readonly notice: string | undefined;
}

/** Points further apart than this get dots of their own. */
const DOT_SPACING = 14;
/** Per cent of a raw curve's colour that stays behind the smoothed one. */
const FAINT = 28;
/** The share of points at either end that a robust range leaves out. */
const OUTLIERS = 0.05;

/** Turns curves into what the canvas draws: thinned lines, ranges, ticks, and words about what is missing. */
export function buildScene(input: SceneInput): BuiltScene {
  const { curves, settings, range, width, theme } = input;
  const lines: DrawnLine[] = [];
  const gaps: { x: number; color: string }[] = [];
  const shown: Decimated[] = [];
  for (const { curve, color } of curves) {
    const transform = curve.transform(settings.axis);
    if (!transform) continue;
    curve.refresh(settings.smoothing);
    const xs = curve.columns[transform.column];
    const thin = {
      xs,
      ...transform,
      ...range,
      pixels: Math.max(1, Math.round(width * devicePixelRatio)),
      positiveOnly: settings.logarithmic,
    };
    const dash = dashOf(curve.plan.kind);
    const raw = curve.rawLine.run({ ...thin, ys: curve.columns.values });
    shown.push(raw);
    const smooth = curve.smoothed.length > 0 ? curve.smoothLine.run({ ...thin, ys: curve.smoothed }) : undefined;
    const dots = spacious(raw, range, width);
    if (smooth) lines.push({ ...raw, color: faint(color), width: 1, dash: [], dots: false });
    lines.push({ ...(smooth ?? raw), color, width: theme.highContrast ? 2 : 1.6, dash, dots: !smooth && dots });
    for (const index of curve.gaps) gaps.push({ x: toAxis(transform, xs[index]!), color });
  }
  const { lowest, highest } = settings.robust ? bulk(shown) : extremes(shown);
  const y = yRange(lowest, highest, settings.logarithmic);
  const rows = Math.max(2, Math.round(input.height / 36));
  const columns = Math.max(3, Math.round(width / (settings.axis === 'time' ? 80 : 64)));
  const scene: Scene = {
    x: { ...range, ticks: xTicks(settings.axis, range.minimum, range.maximum, columns) },
    y: {
      ...y,
      ticks: settings.logarithmic ? logTicks(y.minimum, y.maximum, rows) : linearTicks(y.minimum, y.maximum, rows),
    },
    logarithmic: settings.logarithmic,
    lines: lines.sort((a, b) => a.width - b.width),
    marks: input.marks,
    gaps,
    theme,
  };
  return {
    scene,
    notice: describeMissing(
      curves.map(({ curve }) => curve),
      settings.axis,
      settings.logarithmic && lowest === Infinity,
    ),
  };
}

function extremes(lines: readonly Decimated[]): { lowest: number; highest: number } {
  return {
    lowest: Math.min(...lines.map(({ lowest }) => lowest)),
    highest: Math.max(...lines.map(({ highest }) => highest)),
  };
}

/** The range of all but the lowest and the highest twentieth; of everything where points are few. */
function bulk(lines: readonly Decimated[]): { lowest: number; highest: number } {
  const values = Float64Array.from(lines.flatMap(({ y }) => [...y].filter(Number.isFinite))).sort();
  if (values.length < 20) return extremes(lines);
  const cut = Math.floor(values.length * OUTLIERS);
  return { lowest: values[cut]!, highest: values[values.length - 1 - cut]! };
}

/** Air above and below, and a range even where all values are equal or there is none. */
export function yRange(lowest: number, highest: number, logarithmic: boolean): Range {
  if (lowest > highest) return logarithmic ? { minimum: 0.1, maximum: 10 } : { minimum: 0, maximum: 1 };
  if (logarithmic) {
    const air = Math.max((highest / lowest) ** 0.05, 1.02);
    return { minimum: lowest / air, maximum: highest * air };
  }
  const air = (highest - lowest) * 0.06 || Math.abs(highest) * 0.05 || 0.5;
  // A quantity that is never negative (a KL, a rate) should not get an axis that suggests otherwise.
  const minimum = lowest >= 0 && lowest - air < 0 ? 0 : lowest - air;
  return { minimum, maximum: highest + air };
}

function spacious({ x }: Decimated, range: Range, width: number): boolean {
  return (
    x.length <= 2 ||
    ((x[x.length - 1]! - x[0]!) / (range.maximum - range.minimum)) * width > (x.length - 1) * DOT_SPACING
  );
}

function faint(color: string): string {
  return `color-mix(in srgb, ${color} ${FAINT}%, transparent)`;
}

function describeMissing(curves: readonly Curve[], axis: AxisKind, nothingPositive: boolean): string | undefined {
  const words: string[] = [];
  for (const { plan, gapCount, gaps, columns, run } of curves) {
    if (gapCount === 0) continue;
    const step = columns.steps[gaps[0]!]!;
    const name = curves.some((other) => other.run !== run) ? `${run.summary.name} ${plan.label}` : plan.label;
    words.push(`${name}: ${gapCount === 1 ? 'one value' : `${gapCount} values`} not finite, first at step ${step}`);
  }
  const without = curves.filter((curve) => !curve.transform(axis));
  if (without.length > 0) {
    const names = [...new Set(without.map(({ run }) => run.summary.name))];
    words.push(`${names.join(', ')}: steps per epoch are not known, so there is nothing to show by epoch`);
  }
  if (nothingPositive && curves.length > without.length) words.push('no value above 0 to show on a logarithmic scale');
  return words.length > 0 ? words.join('. ') : undefined;
}
