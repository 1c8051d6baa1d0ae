import type { Change, Failure } from './run';
import type { RunSummary } from './views';

/** What tells an edit of a hyperparameter from one that takes another back. */
interface Edit {
  readonly step: number;
  readonly name: string;
  /** The step of the edit of the same name that this one takes back. */
  readonly takesBack?: number | undefined;
}

/** The last edit that still counts: one that takes another back is no edit, and neither is the one it takes back. */
export function lastEdit<E extends Edit>(changes: readonly E[]): E | undefined {
  const takenBack = ({ name, step }: Edit) => changes.some((each) => each.name === name && each.takesBack === step);
  return changes.findLast((change) => change.takesBack === undefined && !takenBack(change));
}

/** A run that no trainer has, as far as it matters to what its resume would do. */
interface Ended {
  readonly status: RunSummary['status'];
  readonly changes: readonly Change[];
  readonly failure?: Pick<Failure, 'kind'> | undefined;
  /** Step of the newest checkpoint, from which a resume continues; 0 where there is none, undefined where nobody looked. */
  readonly resumesFrom?: number | undefined;
}

const RESUMED: readonly RunSummary['status'][] = ['failed', 'interrupted', 'stopped'];

/**
 * The edit that a resume should be offered without: one that came after the newest checkpoint, so that a plain resume
 * would repeat it. Of a run that diverged also one that the checkpoint has seen, since it is what most likely broke the run.
 */
export function editToTakeBack({ status, changes, failure, resumesFrom }: Ended): Change | undefined {
  const edit = RESUMED.includes(status) ? lastEdit(changes) : undefined;
  if (edit === undefined) return undefined;
  const diverged = status === 'failed' && failure?.kind === 'not-a-number';
  return diverged || isRepeated(edit, resumesFrom) ? edit : undefined;
}

/** An edit holds from update `step` on, counted from 1: a checkpoint of that step has seen it. */
export function isRepeated({ step }: Pick<Change, 'step'>, resumesFrom: number | undefined): boolean {
  return resumesFrom !== undefined && step > resumesFrom;
}
