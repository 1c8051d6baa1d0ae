import { formatDuration } from '../../src/common/duration';
import { formatStep, formatValue } from './format';
import { nearestIndex } from './search';
import type { Columns } from './columns';

/** What the charts' x axis counts: optimiser updates, passes over the data, or time since the run's first point. */
export type AxisKind = 'step' | 'epoch' | 'time';

/** x = (column − offset) · scale. */
export interface AxisTransform {
  readonly column: 'steps' | 'walls';
  readonly offset: number;
  readonly scale: number;
}

/**
 * How a run's points come onto the axis; undefined where they can't: a run of another program doesn't say how many steps
 * its epochs have.
 * @param start seconds since 1970 of the run's first point
 */
export function axisTransform(kind: AxisKind, stepsPerEpoch: number, start: number): AxisTransform | undefined {
  if (kind === 'time') return { column: 'walls', offset: start, scale: 1 };
  if (kind === 'step') return { column: 'steps', offset: 0, scale: 1 };
  return stepsPerEpoch > 0 ? { column: 'steps', offset: 0, scale: 1 / stepsPerEpoch } : undefined;
}

export function toAxis(transform: AxisTransform, raw: number): number {
  return (raw - transform.offset) * transform.scale;
}

export function fromAxis(transform: AxisTransform, x: number): number {
  return x / transform.scale + transform.offset;
}

/** The step at `x`; on the time axis, that of the point of `reference` nearest in time. */
export function stepAt(transform: AxisTransform, reference: Columns, x: number): number | undefined {
  const raw = fromAxis(transform, x);
  if (transform.column === 'steps') return raw;
  return reference.steps[nearestIndex(reference.walls, raw)];
}

/** Where `step` lies on the axis; on the time axis, where the point of `reference` nearest to it lies. */
export function xOfStep(transform: AxisTransform, reference: Columns, step: number): number | undefined {
  if (transform.column === 'steps') return toAxis(transform, step);
  const wall = reference.walls[nearestIndex(reference.steps, step)];
  return wall === undefined ? undefined : toAxis(transform, wall);
}

/** A position as words: "step 1,200", "epoch 2.56", "2 min 5 s". */
export function describeX(kind: AxisKind, x: number): string {
  if (kind === 'time') return formatDuration(x);
  return kind === 'step' ? `step ${formatStep(Math.round(x))}` : `epoch ${formatValue(Number(x.toFixed(2)))}`;
}
