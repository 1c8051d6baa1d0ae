import type { RunSummary } from '../../protocol/views';
import { mayTrain, wentWrong } from './endings';

/**
 * Runs that this window saw training and that then failed or were interrupted, until the user looks at them. The final
 * state counts, not the transition from one summary to the next: while a trainer's end is being investigated, a run may
 * be missing from a scan or show its previous status.
 */
export class UnseenFailures {
  /** Runs that have trained since the user last saw them ended. */
  private readonly trained = new Set<string>();

  /** @param front the run whose tab is the active editor: its failure is being viewed */
  update<Run extends Pick<RunSummary, 'key' | 'status'>>(runs: readonly Run[], front: string | undefined): Run[] {
    return runs.filter((run) => {
      if (mayTrain(run.status)) this.trained.add(run.key);
      if (!wentWrong(run) || !this.trained.has(run.key)) return false;
      if (run.key !== front) return true;
      this.trained.delete(run.key);
      return false;
    });
  }
}
