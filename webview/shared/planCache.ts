import type { RunView } from './runStore';

/** Inputs of a run's plan; the number of series detects new tags, since none is ever removed. */
interface Planned {
  readonly run: RunView;
  readonly series: number;
  readonly presentation: string;
}

/**
 * Caches the plans of the runs that a view shows; recomputed only for a new run, tag or declaration: a live run is
 * drawn ten times a second, and a log may have twenty thousand tags to be sorted into charts.
 */
export class PlanCache<Plan> {
  private plans: readonly Plan[] = [];
  private planned: readonly Planned[] = [];

  constructor(private readonly make: (runs: readonly RunView[]) => Plan[]) {}

  of(runs: readonly RunView[]): readonly Plan[] {
    const wanted = runs.map((run) => ({
      run,
      series: run.series.size,
      presentation: JSON.stringify(run.summary.presentation ?? null),
    }));
    if (wanted.length !== this.planned.length || !wanted.every((each, i) => same(each, this.planned[i]!))) {
      this.planned = wanted;
      this.plans = this.make(runs);
    }
    return this.plans;
  }
}

function same(a: Planned, b: Planned): boolean {
  return a.run === b.run && a.series === b.series && a.presentation === b.presentation;
}
