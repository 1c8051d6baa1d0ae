import type { HistogramSample } from '../../../src/protocol/logs';
import { ValueError } from '../../shared/host';
import { lowerBound, upperBound } from '../../shared/search';
import { continues } from '../playhead';
import type { PanelServices } from './panel';

/** More histograms are thinned by half: the difference is invisible, and a run of a day has thousands. */
const MOST_SAMPLES = 1000;
const RETRY_MILLISECONDS = 1000;

/** The histograms of one tag, fetched as they are logged. */
export class HistogramSource {
  private held: readonly HistogramSample[] = [];
  /** Their steps: the playhead looks them up on every movement. */
  private heldSteps: Float64Array = new Float64Array(0);
  private known: Float64Array = new Float64Array(0);
  private fetching: AbortController | undefined;
  private retryAt = -Infinity;
  /** Why the newest are missing, for users. */
  problem: string | undefined;

  /** @param changed called after new ones have arrived, or a request failed */
  constructor(
    private readonly tag: string,
    private readonly request: PanelServices['histograms'],
    private readonly changed: () => void,
  ) {}

  get samples(): readonly HistogramSample[] {
    return this.held;
  }

  /** The last at or before `step`, or the first if all are later; the newest without a step. */
  at(step: number | undefined): HistogramSample | undefined {
    if (step === undefined) return this.held.at(-1);
    return this.held[Math.max(0, upperBound(this.heldSteps, step) - 1)];
  }

  /** Fetches missing histograms of these steps, which are all that are logged. */
  note(steps: Float64Array): void {
    if (!continues(this.known, steps)) {
      this.fetching?.abort();
      this.fetching = undefined;
      this.hold([]);
      this.retryAt = -Infinity;
      this.changed();
    }
    this.known = steps;
    void this.fetch();
  }

  dispose(): void {
    this.fetching?.abort();
    this.fetching = undefined;
  }

  private async fetch(): Promise<void> {
    const newest = this.held.at(-1)?.step ?? -Infinity;
    const from = this.known[upperBound(this.known, newest)];
    if (from === undefined || this.fetching !== undefined || performance.now() < this.retryAt) return;
    const controller = new AbortController();
    this.fetching = controller;
    try {
      const samples = await this.request(this.tag, from, controller.signal);
      if (controller.signal.aborted) return;
      this.take(samples, newest);
      this.problem = undefined;
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      if (controller.signal.aborted) return;
      this.problem = error.message;
      this.retryAt = performance.now() + RETRY_MILLISECONDS;
    } finally {
      if (this.fetching === controller) this.fetching = undefined;
    }
    this.changed();
    void this.fetch();
  }

  private take(samples: readonly HistogramSample[], newest: number): void {
    const later = samples.filter(({ step }) => step > newest);
    // Steps that were announced but do not exist would otherwise be requested again and again.
    if (later.length === 0) this.retryAt = performance.now() + RETRY_MILLISECONDS;
    const all = [...this.held, ...later];
    this.hold(all.length <= MOST_SAMPLES ? all : all.filter((_, index) => (all.length - 1 - index) % 2 === 0));
  }

  private hold(samples: readonly HistogramSample[]): void {
    this.held = samples;
    this.heldSteps = Float64Array.from(samples, ({ step }) => step);
  }
}

/**
 * The samples of several sources at steps that most of them have: at most `most`, evenly spaced and including the
 * newest.
 */
export function commonSteps(sources: readonly HistogramSource[], most: number): number[] {
  const all = Float64Array.from(new Set(sources.flatMap(({ samples }) => samples.map(({ step }) => step)))).sort();
  const count = Math.max(1, Math.min(most, all.length));
  if (all.length === 0) return [];
  const picked = Array.from({ length: count }, (_, i) =>
    count === 1 ? all.length - 1 : Math.round((i * (all.length - 1)) / (count - 1)),
  );
  return [...new Set(picked)].map((index) => all[index]!);
}

/** The index of the playhead in ascending steps. */
export function stepIndex(steps: readonly number[], step: number | undefined): number {
  if (step === undefined) return steps.length - 1;
  const column = Float64Array.from(steps);
  const index = lowerBound(column, step);
  return column[index] === step ? index : Math.max(0, index - 1);
}
