import type { Change, Failure } from './run';
import type { RunSummary } from './views';

/** The fields that distinguish an edit of a hyperparameter from an undo. */
interface Edit {
  readonly step: number;
  readonly name: string;
  /** For an undo: the step of the edit of the same name that it takes back. */
  readonly takesBack?: number | undefined;
}

/** The last edit that is still in effect: neither an undo nor an edit that was undone. */
export function lastEdit<E extends Edit>(changes: readonly E[]): E | undefined {
  const takenBack = ({ name, step }: Edit) => changes.some((each) => each.name === name && each.takesBack === step);
  return changes.findLast((change) => change.takesBack === undefined && !takenBack(change));
}

/** A run without a trainer, as far as it matters for resuming it. */
interface Ended {
  readonly status: RunSummary['status'];
  readonly changes: readonly Change[];
  readonly failure?: Pick<Failure, 'kind'> | undefined;
  /** Step of the newest checkpoint, from which a resume continues; 0 without one, undefined if it was not looked up. */
  readonly resumesFrom?: number | undefined;
}

const RESUMED: readonly RunSummary['status'][] = ['failed', 'interrupted', 'stopped'];

/**
 * The edit that a resume should be offered without: one that is newer than the newest checkpoint, so that a plain
 * resume would repeat it. For a run that diverged, also one that the checkpoint already includes, since it is the most
 * likely cause.
 */
export function editToTakeBack({ status, changes, failure, resumesFrom }: Ended): Change | undefined {
  const edit = RESUMED.includes(status) ? lastEdit(changes) : undefined;
  if (edit === undefined) return undefined;
  const diverged = status === 'failed' && failure?.kind === 'not-a-number';
  return diverged || isRepeated(edit, resumesFrom) ? edit : undefined;
}

/** An edit applies from update `step` on, counted from 1: a checkpoint of that step includes it. */
export function isRepeated({ step }: Pick<Change, 'step'>, resumesFrom: number | undefined): boolean {
  return resumesFrom !== undefined && step > resumesFrom;
}
