import type { ScalarDelta } from '../../protocol/logs';
import type { RunSummary } from '../../protocol/views';

/** Tracks the headline metric, which represents a run in the tree and the status bar. */
export class Headline {
  private values: number[] = [];

  constructor(
    readonly tag: string,
    readonly label: string,
    private readonly mode: 'min' | 'max',
  ) {}

  /** Adds the points of its tag. `gap`: points before these are missing, so they are ignored. */
  apply(deltas: readonly ScalarDelta[]): 'same' | 'changed' | 'gap' {
    const delta = deltas.find(({ tag }) => tag === this.tag);
    if (delta === undefined) return 'same';
    if (delta.start > this.values.length) return 'gap';
    this.values.length = delta.start;
    for (const value of delta.values) this.values.push(value);
    return 'changed';
  }

  /** The newest and the best value; null if there is none or it is not a number. */
  summary(): NonNullable<RunSummary['headline']> {
    const latest = this.values.at(-1);
    let best: number | null = null;
    for (const value of this.values) {
      if (!Number.isFinite(value)) continue;
      if (best === null || (this.mode === 'min' ? value < best : value > best)) best = value;
    }
    return { label: this.label, value: latest !== undefined && Number.isFinite(latest) ? latest : null, best };
  }
}
