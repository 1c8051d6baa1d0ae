import type { RunSummary } from '../../protocol/views';
import { mayTrain, wentWrong } from './endings';

/**
 * Runs that this window saw train and that then failed or were interrupted, until the user looks at them. What counts is
 * where a run ended up, not the step from one summary to the next: while a trainer's end is being found out, a run may be
 * missing from a scan or show the status that its record had before.
 */
export class UnseenFailures {
  /** Runs that have trained since they were last looked at after an end. */
  private readonly trained = new Set<string>();

  /** @param front the run whose tab is the active editor: its failure is being looked at */
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
