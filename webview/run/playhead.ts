import { Emitter } from '../../src/common/emitter';
import { lowerBound, upperBound } from '../shared/search';

/**
 * The position of the run tab in the run's history, shared by images, bars and charts. It follows the newest step until
 * it is pinned; a preview (hovering a chart) does not change it.
 */
export class Playhead {
  private readonly changed = new Emitter<void>();
  readonly onChange = this.changed.event;
  private logged: Float64Array = new Float64Array(0);
  private pinned: number | undefined;
  private previewed: number | undefined;

  /** The slider's stops: steps with content, ascending. */
  get stops(): Float64Array {
    return this.logged;
  }

  setStops(stops: Float64Array): void {
    this.logged = stops;
  }

  /** The shown step; undefined while following the newest. */
  get step(): number | undefined {
    return this.previewed ?? this.pinned;
  }

  /** The pinned step; undefined while following. */
  get pin(): number | undefined {
    return this.pinned;
  }

  /** Index of the last stop at or before the step; −1 without stops. */
  get index(): number {
    const last = this.logged.length - 1;
    return this.step === undefined ? last : Math.min(last, Math.max(0, upperBound(this.logged, this.step) - 1));
  }

  /** Pins `step`; undefined follows the newest again. */
  pinTo(step: number | undefined): void {
    this.previewed = undefined;
    if (this.pinned === step) return;
    this.pinned = step;
    this.changed.fire();
  }

  /** Pins a stop; the last one follows. */
  pinToIndex(index: number): void {
    this.pinTo(index >= this.logged.length - 1 ? undefined : this.logged[index]);
  }

  preview(step: number | undefined): void {
    if (this.previewed === step) return;
    this.previewed = step;
    this.changed.fire();
  }
}

/** The last entry at or before `step`, or the first if all are later; the last one without a step. */
export function stopFor(steps: Float64Array, step: number | undefined): number | undefined {
  if (step === undefined) return steps[steps.length - 1];
  return steps[Math.max(0, upperBound(steps, step) - 1)];
}

/** All entries of ascending columns, ascending, each once. */
export function mergeStops(columns: readonly Float64Array[]): Float64Array {
  const [first, ...rest] = columns;
  if (!first) return new Float64Array(0);
  if (rest.every((other) => sameSteps(first, other))) return first;
  return Float64Array.from(new Set(columns.flatMap((column) => [...column]))).sort();
}

/** Whether `known` is a prefix of `now`, so that cached results for its steps remain valid. */
export function continues(known: Float64Array, now: Float64Array): boolean {
  if (known.length === 0) return true;
  // Ascending and equally many up to the last known step: a cut-back run has dropped some of them.
  const last = known[known.length - 1]!;
  return lowerBound(now, last) === known.length - 1 && now[known.length - 1] === last;
}

function sameSteps(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i]);
}
