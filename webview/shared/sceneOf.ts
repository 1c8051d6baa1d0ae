import { formatDuration } from '../../src/common/duration';
import { atMost } from '../../src/common/names';
import { axisColumn, describeX, toAxis, type AxisKind } from './axis';
import type { Arrow, DrawnLine, Scene } from './canvasChart';
import type { Curve } from './curve';
import { formatStep, formatValue } from './format';
import type { PlotMark } from './marks';
import type { Decimated } from './decimation';
import type { ChartSettings } from './settings';
import type { Theme } from './theme';
import { logTicks, offsetTicks, xTicks } from './ticks';
import { departures, robustBounds, unite, yRange, type Bounds } from './yRange';

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
  readonly marks: readonly PlotMark[];
}

export interface BuiltScene {
  readonly scene: Scene;
  /** Describes values that the chart cannot show; undefined if it shows everything. */
  readonly notice: string | undefined;
  /** Descriptions shown near the pointer: events, and where a curve leaves the range. */
  readonly remarks: readonly PlotMark[];
}

/** Points further apart than this get individual dots. */
const DOT_SPACING = 14;
/** Percentage of a raw curve's color that remains behind the smoothed one. */
const FAINT = 28;
/** Minimum distance in CSS pixels between two arrows of a curve. */
const ARROW_SPACING = 10;

/** Maximum number of sentences below a chart; sixty runs could each have one. */
const MOST_WORDS = 3;

/** Converts curves into a scene: thinned lines, ranges, ticks, and a description of what is missing. */
export function buildScene(input: SceneInput): BuiltScene {
  const { curves, settings, range, width, theme } = input;
  const lines: DrawnLine[] = [];
  const gaps: { x: number; color: string }[] = [];
  const shown: { raw: Decimated; bounds: Bounds; curve: Curve; color: string }[] = [];
  for (const { curve, color } of curves) {
    const transform = curve.transform(settings.axis);
    if (!transform) continue;
    curve.refresh(settings.smoothing);
    const xs = axisColumn(transform, curve.run, curve.columns);
    const thin = {
      xs,
      ...transform,
      ...range,
      pixels: Math.max(1, Math.round(width * devicePixelRatio)),
      positiveOnly: settings.logarithmic,
    };
    const raw = curve.rawLine.run({ ...thin, ys: curve.columns.values });
    const whole = { minimum: toAxis(transform, xs[0] ?? 0), maximum: toAxis(transform, xs[xs.length - 1] ?? 0) };
    // A logarithmic scale has room for outliers.
    const everything = settings.fitAll || settings.logarithmic;
    shown.push({ raw, bounds: everything ? raw : robustBounds(raw, whole, range), curve, color });
    const smooth = curve.smoothed.length > 0 ? curve.smoothLine.run({ ...thin, ys: curve.smoothed }) : undefined;
    const dots = spacious(raw, range, width);
    if (smooth) lines.push({ ...raw, color: faint(color), width: 1, dash: [], dots: false });
    const { dash } = curve;
    lines.push({ ...(smooth ?? raw), color, width: theme.highContrast ? 2 : 1.6, dash, dots: !smooth && dots });
    for (const index of curve.gaps) gaps.push({ x: toAxis(transform, xs[index]!), color });
  }
  const bounds = unite(shown.map((each) => each.bounds));
  const y = yRange(bounds, settings.logarithmic);
  const arrows: (Arrow & PlotMark)[] = shown.flatMap(({ raw, curve, color }) =>
    departures(raw, range, y, (ARROW_SPACING / Math.max(1, width)) * (range.maximum - range.minimum)).map(
      ({ x, value, above }) => {
        const name = curves.some((other) => other.curve.run !== curve.run)
          ? `${curve.run.summary.name} ${curve.plan.label}`
          : curve.plan.label;
        const where = `${formatValue(value)} at ${describeX(settings.axis, x)}`;
        return { x, above, color, text: `${name}: ${where}, ${above ? 'above' : 'below'} the shown range` };
      },
    ),
  );
  const rows = Math.max(2, Math.round(input.height / 36));
  const columns = Math.max(3, Math.round(width / (settings.axis === 'time' ? 80 : 64)));
  const scene: Scene = {
    x: { ...range, ticks: xTicks(settings.axis, range.minimum, range.maximum, columns) },
    y: {
      ...y,
      ...(settings.logarithmic
        ? { ticks: logTicks(y.minimum, y.maximum, rows), offset: 0 }
        : offsetTicks(y.minimum, y.maximum, rows)),
    },
    logarithmic: settings.logarithmic,
    lines: lines.sort((a, b) => a.width - b.width),
    marks: input.marks.map(({ x }) => x),
    arrows,
    gaps,
    theme,
  };
  return {
    scene,
    remarks: [...input.marks, ...arrows],
    notice: describeMissing(
      curves.map(({ curve }) => curve),
      settings.axis,
      settings.logarithmic,
    ),
  };
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

function describeMissing(curves: readonly Curve[], axis: AxisKind, logarithmic: boolean): string | undefined {
  const words: string[] = [];
  for (const { plan, gapCount, gaps, columns, run } of curves) {
    if (gapCount === 0) continue;
    const step = columns.steps[gaps[0]!]!;
    const name = curves.some((other) => other.run !== run) ? `${run.summary.name} ${plan.label}` : plan.label;
    words.push(`${name}: ${gapCount === 1 ? 'one value' : `${gapCount} values`} not finite, first at step ${step}`);
  }
  if (axis === 'time') {
    for (const run of new Set(curves.map((curve) => curve.run))) {
      const [first, ...more] = run.clockSetBacks;
      if (first === undefined) continue;
      const name = curves.some((other) => other.run !== run) ? `${run.summary.name}: the` : 'The';
      const further = more.length === 0 ? '' : `, and ${more.length === 1 ? 'once' : `${more.length} times`} more`;
      words.push(
        `${name} clock was set back by ${formatDuration(first.seconds)} at step ${formatStep(first.step)}${further}; ` +
          'time continues there as if it had not been',
      );
    }
  }
  const without = curves.filter((curve) => !curve.transform(axis));
  if (without.length > 0) {
    const names = [...new Set(without.map(({ run }) => run.summary.name))];
    words.push(`${names.join(', ')}: steps per epoch are unknown, so nothing is shown by epoch`);
  }
  if (logarithmic) words.push(...describeOmitted(curves.filter((curve) => !without.includes(curve))));
  if (words.length > MOST_WORDS)
    words.splice(MOST_WORDS - 1, Infinity, `${words.length - MOST_WORDS + 1} more of this kind`);
  return words.length > 0 ? words.join('. ') : undefined;
}

/** Values that a logarithmic scale omits. */
function describeOmitted(curves: readonly Curve[]): string[] {
  const omitted = curves.filter(({ nonPositiveCount }) => nonPositiveCount > 0);
  const count = omitted.reduce((sum, { nonPositiveCount }) => sum + nonPositiveCount, 0);
  if (count === 0) return [];
  const labels = [...new Set(omitted.map(({ plan }) => plan.label))];
  const all = omitted.length === curves.length && omitted.every((curve) => curve.nonPositiveCount >= curve.finiteCount);
  if (all) return ['No value above 0 to show on a logarithmic scale'];
  return [
    `${atMost(labels, 3)}: ${count === 1 ? 'one value' : `${formatStep(count)} values`} ≤ 0 not on a logarithmic scale`,
  ];
}
