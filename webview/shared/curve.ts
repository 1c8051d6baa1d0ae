import { RUN_COLOR_COUNT } from '../../src/common/runColors';
import type { AxisKind, AxisTransform } from './axis';
import { Decimator } from './decimation';
import type { RunView } from './runStore';
import type { PlannedCurve } from './plan';
import { Smoother } from './smoothing';
import type { Columns } from './columns';

const DASHES: readonly (readonly number[])[] = [[], [5, 3], [1.5, 3], [8, 3, 1.5, 3]];
/** Dash of the first kind of curve if runs are dashed as well. */
const LONG_DASH = [14, 3];

/**
 * The dash of each kind of curve, since color alone must not distinguish them.
 * @param run the index of the run's color; when the hues repeat, an additional dot distinguishes the runs
 */
export function dashOf(kind: number, run = 0): readonly number[] {
  const dash = DASHES[kind % DASHES.length]!;
  const round = Math.floor(run / RUN_COLOR_COUNT);
  if (round === 0) return dash;
  return [...(dash.length === 0 ? LONG_DASH : dash), ...Array.from({ length: round }, () => [1.5, 3]).flat()];
}

/** Enough to show where they are; a run that diverged has millions. */
const MAXIMUM_MARKED_GAPS = 200;
const NOTHING = new Float64Array(0);

/** A curve of a chart: its points, and derived data that is cached between draws. */
export class Curve {
  readonly rawLine = new Decimator();
  readonly smoothLine = new Decimator();
  private smoother = new Smoother();
  private smoothedValues: Float64Array = NOTHING;
  private scanned = -1;
  private scannedWeight = -1;
  private scannedLength = 0;
  /** Number of points that are NaN or infinite. */
  gapCount = 0;
  /** Number of points that are 0 or less, which a logarithmic scale cannot show. */
  nonPositiveCount = 0;
  /** Indices of the first points that are NaN or infinite. */
  gaps: number[] = [];

  constructor(
    readonly plan: PlannedCurve,
    readonly run: RunView,
    readonly columns: Columns,
  ) {}

  /** Updates smoothing and gaps for new points. */
  refresh(smoothing: number): void {
    const { values, version } = this.columns;
    if (this.scanned === version && this.scannedWeight === smoothing) return;
    const unchanged = this.columns.unchangedSince(this.scanned);
    this.scanGaps(values, unchanged);
    if (smoothing > 0 && !this.sparse && !isSetting(this.plan.tag)) {
      this.smoothedValues = this.smoother.update(values, unchanged, smoothing);
    } else {
      this.smoother = new Smoother();
      this.smoothedValues = NOTHING;
    }
    this.scanned = version;
    this.scannedWeight = smoothing;
  }

  get dash(): readonly number[] {
    return dashOf(this.plan.kind, this.run.summary.color);
  }

  /** One value per point, or empty if the curve is not smoothed. */
  get smoothed(): Float64Array {
    return this.smoothedValues;
  }

  /**
   * Logged about once per epoch or less often: measurements over a whole data set, whose points are marked and not
   * smoothed, since a moving average would only delay them.
   */
  get sparse(): boolean {
    const { steps } = this.columns;
    const { stepsPerEpoch } = this.run.summary;
    if (steps.length < 2) return this.plan.kind > 0;
    return stepsPerEpoch > 0 && (steps[steps.length - 1]! - steps[0]!) / (steps.length - 1) >= stepsPerEpoch / 2;
  }

  get finiteCount(): number {
    return this.columns.length - this.gapCount;
  }

  transform(axis: AxisKind): AxisTransform | undefined {
    return this.run.transform(axis);
  }

  private scanGaps(values: Float64Array, unchanged: number): void {
    if (unchanged < this.scannedLength) {
      this.gapCount = 0;
      this.nonPositiveCount = 0;
      this.gaps = [];
      this.scannedLength = 0;
    }
    for (let i = this.scannedLength; i < values.length; i++) {
      if (Number.isFinite(values[i]!)) {
        if (values[i]! <= 0) this.nonPositiveCount++;
        continue;
      }
      this.gapCount++;
      if (this.gaps.length < MAXIMUM_MARKED_GAPS) this.gaps.push(i);
    }
    this.scannedLength = values.length;
  }
}

/**
 * Whether the values of a tag are set rather than measured: a moving average would show values that were never in
 * effect.
 */
function isSetting(tag: string): boolean {
  return tag === 'train/learning_rate' || tag.startsWith('hyperparameters/');
}
