import { editToTakeBack } from '../../protocol/lastEdit';
import type { RunRecord } from '../../protocol/run';
import { isLive } from '../../protocol/status';
import type { LockState } from '../../runs/lock';

/**
 * The step from which a resume of a run that is not training would continue: that of its newest checkpoint, or 0
 * without one. Looked up only where it decides whether the last edit would be repeated, since it reads the run's files;
 * otherwise undefined, as for unreadable files.
 */
export async function resumesFrom(folder: string, record: RunRecord, lock?: LockState): Promise<number | undefined> {
  if (lock?.state === 'held' || lock?.state === 'unknown') return undefined;
  const status = isLive(record.status) ? 'interrupted' : record.status;
  if (editToTakeBack({ ...record, status, resumesFrom: 0 }) === undefined) return undefined;
  try {
    const [{ RunDirectory }, { CheckpointStore }] = await Promise.all([
      import('../../runs/directory'),
      import('../../runs/checkpoints'),
    ]);
    const store = new CheckpointStore(await RunDirectory.open(folder), record.specification.checkpoints);
    return (await store.newest(record.id))?.step ?? 0;
  } catch {
    // The caller that resumes the run reports the problem.
    return undefined;
  }
}
