import { formatDuration } from '../../src/common/duration';
import { formatStep, formatValue } from './format';
import { nearestIndex } from './search';
import type { Columns } from './columns';

/** The unit of the charts' x axis: optimizer updates, passes over the data, or time since the run's first point. */
export type AxisKind = 'step' | 'epoch' | 'time';

/** x = (column − offset) · scale; `times` are those of {@link RunView.timesOf}, which never decrease. */
export interface AxisTransform {
  readonly column: 'steps' | 'times';
  readonly offset: number;
  readonly scale: number;
}

/** The parts of a run that its time axis needs; {@link RunView} is one. */
export interface Timed {
  readonly reference: Columns;
  timesOf(columns: Columns): Float64Array;
}

/**
 * Maps a run's points to the axis; undefined if impossible: a log of another program does not tell how many steps an
 * epoch has.
 * @param start seconds of the run's first point
 */
export function axisTransform(kind: AxisKind, stepsPerEpoch: number, start: number): AxisTransform | undefined {
  if (kind === 'time') return { column: 'times', offset: start, scale: 1 };
  if (kind === 'step') return { column: 'steps', offset: 0, scale: 1 };
  return stepsPerEpoch > 0 ? { column: 'steps', offset: 0, scale: 1 / stepsPerEpoch } : undefined;
}

export function toAxis(transform: AxisTransform, raw: number): number {
  return (raw - transform.offset) * transform.scale;
}

export function fromAxis(transform: AxisTransform, x: number): number {
  return x / transform.scale + transform.offset;
}

/** The points of a series on an axis: ascending, before the transform. */
export function axisColumn(transform: AxisTransform, run: Timed, columns: Columns): Float64Array {
  return transform.column === 'steps' ? columns.steps : run.timesOf(columns);
}

/** The step at `x`; on the time axis, that of the point nearest in time. */
export function stepAt(transform: AxisTransform, run: Timed, x: number): number | undefined {
  const raw = fromAxis(transform, x);
  if (transform.column === 'steps') return raw;
  const { reference } = run;
  return reference.steps[nearestIndex(run.timesOf(reference), raw)];
}

/** The position of `step` on the axis; on the time axis, that of the point nearest to it. */
export function xOfStep(transform: AxisTransform, run: Timed, step: number): number | undefined {
  if (transform.column === 'steps') return toAxis(transform, step);
  const { reference } = run;
  const time = run.timesOf(reference)[nearestIndex(reference.steps, step)];
  return time === undefined ? undefined : toAxis(transform, time);
}

/** A position for users: "step 1,200", "epoch 2.56", "2 min 5 s". */
export function describeX(kind: AxisKind, x: number): string {
  if (kind === 'time') return formatDuration(x);
  return kind === 'step' ? `step ${formatStep(Math.round(x))}` : `epoch ${formatValue(Number(x.toFixed(2)))}`;
}
