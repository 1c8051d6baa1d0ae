import { editToTakeBack } from '../../protocol/lastEdit';
import type { RunRecord } from '../../protocol/run';
import { isLive } from '../../protocol/status';
import type { LockState } from '../../runs/lock';

/**
 * Step from which a resume of a resting run would continue: that of its newest checkpoint, 0 where it has none. Looked up only
 * where it decides whether the last edit would be repeated, since it costs a look at the run's files; undefined elsewhere,
 * and where they cannot be read.
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
    // The caller that resumes the run hears what is wrong there.
    return undefined;
  }
}
