import { rm, rmdir, symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { resumesFrom } from '../../../../src/host/registry/resumesFrom';
import type { RunRecord } from '../../../../src/protocol/run';
import { CheckpointStore } from '../../../../src/runs/checkpoints';
import { checkpointAt, RUN_ID } from '../../runs/support/checkpoints';
import { temporaryFolder, temporaryRun } from '../../runs/support/runs';
import { found } from '../support/runs';

const changes = [{ step: 31, name: 'beta', before: 1, value: 5 }];

async function runWith(steps: readonly number[], change: Partial<RunRecord> = {}) {
  const run = await temporaryRun();
  const record: RunRecord = { ...(await run.readRecord()), id: RUN_ID, status: 'stopped', changes, ...change };
  const store = new CheckpointStore(run, record.specification.checkpoints);
  for (const step of steps) await store.write(checkpointAt(step));
  return { run, store, record };
}

describe('the step from which a run with an edit would resume', () => {
  it('is that of its newest checkpoint, and 0 where it has none', async () => {
    const { run, store, record } = await runWith([10, 20]);
    await store.write({ ...checkpointAt(30), runId: 'f'.repeat(32) });
    expect(await resumesFrom(run.path, record)).toBe(20);
    expect(await resumesFrom(run.path, { ...record, status: 'running' })).toBe(20);
    const empty = await runWith([]);
    expect(await resumesFrom(empty.run.path, empty.record)).toBe(0);
  });

  it('is not looked up where it decides nothing: no edit is left, a trainer has the run, it has finished', async () => {
    const { run, record } = await runWith([10]);
    expect(await resumesFrom(run.path, { ...record, changes: [] })).toBeUndefined();
    expect(await resumesFrom(run.path, { ...record, status: 'running' }, found().lock)).toBeUndefined();
    expect(await resumesFrom(run.path, { ...record, status: 'finished' })).toBeUndefined();
  });

  it('is unknown where the checkpoints are those of somewhere else, or the run is gone', async () => {
    const { run, record } = await runWith([]);
    await rmdir(run.checkpointsPath);
    await symlink(await temporaryFolder(), run.checkpointsPath);
    expect(await resumesFrom(run.path, record)).toBeUndefined();
    await rm(run.path, { recursive: true });
    expect(await resumesFrom(run.path, record)).toBeUndefined();
  });
});
