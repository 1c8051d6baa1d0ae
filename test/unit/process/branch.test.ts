import { copyFile, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/protocol/run';
import { branchTraining, FinishedError, resumeTraining, startTraining } from '../../../src/process/training';
import { branchRun } from '../../../src/runs/branch';
import { CheckpointStore, checkpointFileName, readCheckpoint } from '../../../src/runs/checkpoints';
import { createRun, type RunDirectory } from '../../../src/runs/directory';
import { bundlePrograms } from '../support/bundles';
import { temporaryFolder } from '../support/temporaryFolder';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
let bundles: Awaited<ReturnType<typeof bundlePrograms>>;
let programs: { node: string; trainer: string };
/** Four epochs, a checkpoint each. */
let parent: RunDirectory;

async function reached(run: RunDirectory, status: RunRecord['status']): Promise<void> {
  for (let waited = 0; (await run.readRecord()).status !== status; waited += 20) {
    if (waited > 60_000) throw new Error(`${run.name} is not ${status}: ${JSON.stringify(await run.readRecord())}`);
    await sleep(20);
  }
}
const finished = (run: RunDirectory) => reached(run, 'finished');
const checkpointsOf = async (run: RunDirectory) => (await readdir(run.checkpointsPath)).sort();

beforeAll(async () => {
  workspace = await createWorkspace();
  bundles = await bundlePrograms();
  programs = { node: process.execPath, trainer: bundles.trainer };
  const specification = tinySpecification(workspace, {
    training: { epochs: 4, batch: 16 },
    checkpoints: { every: 'epoch', keepLast: 10 },
  });
  parent = (await startTraining({ runsFolder: workspace.runs, specification, programs, name: 'parent' })).run;
  await finished(parent);
}, 120_000);
afterAll(async () => {
  await workspace.remove();
  await bundles.remove();
});

const at = (step: number) => path.join(parent.checkpointsPath, checkpointFileName(step));

describe('a run that begins with a checkpoint of another', () => {
  it('ends bit for bit where the other did, names it as its parent, and leaves it as it was', async () => {
    const { stepsPerEpoch, totalSteps, id } = await parent.readRecord();
    const before = await readFile(parent.recordPath, 'utf8');
    const { run } = await branchTraining({ runsFolder: workspace.runs, from: at(2 * stepsPerEpoch), programs });
    await finished(run);
    const record = await run.readRecord();
    expect(record.parent).toEqual({ run: id, name: 'parent', step: 2 * stepsPerEpoch });
    expect(record).toMatchObject({ step: totalSteps, notes: [] });
    expect(record.id).not.toBe(id);
    const [theirs, ours] = await Promise.all([
      readCheckpoint(at(totalSteps)),
      readCheckpoint(path.join(run.checkpointsPath, checkpointFileName(totalSteps))),
    ]);
    expect(ours.tensors).toEqual(theirs.tensors);
    expect(ours.runId).toBe(record.id);
    expect(await checkpointsOf(run)).toEqual([2, 3, 4].map((epoch) => checkpointFileName(epoch * stepsPerEpoch)));
    expect(await readFile(parent.recordPath, 'utf8')).toBe(before);
    expect(await checkpointsOf(parent)).toHaveLength(4);
  });

  it('from the end of a run says how many more epochs', async () => {
    const { stepsPerEpoch, totalSteps } = await parent.readRecord();
    const from = at(totalSteps);
    const runs = await readdir(workspace.runs);
    await expect(branchTraining({ runsFolder: workspace.runs, from, programs })).rejects.toThrow(FinishedError);
    expect(await readdir(workspace.runs)).toEqual(runs);
    const { run } = await branchTraining({ runsFolder: workspace.runs, from, extendEpochs: 1, programs });
    await finished(run);
    expect(await run.readRecord()).toMatchObject({
      step: totalSteps + stepsPerEpoch,
      totalSteps: totalSteps + stepsPerEpoch,
    });
  });

  it('does not start over if the checkpoint was never written, as after a power failure', async () => {
    const { stepsPerEpoch } = await parent.readRecord();
    const run = await branchRun(workspace.runs, at(2 * stepsPerEpoch), { name: 'half-made' });
    const [copy = ''] = await checkpointsOf(run);
    await rename(path.join(run.checkpointsPath, copy), path.join(run.checkpointsPath, '.tmp-0123456789abcdef'));
    await Promise.allSettled([resumeTraining({ run: run.path, programs })]); // it may fail before it has answered
    await reached(run, 'failed');
    expect(await run.readRecord()).toMatchObject({
      ...{ status: 'failed', step: 2 * stepsPerEpoch },
      failure: { kind: 'disk', message: expect.stringContaining('of “parent”') as string },
    });
    expect(await checkpointsOf(run)).toEqual([]);
  });

  it('takes over the changes of hyperparameters up to that step, and no later ones', async () => {
    const other = await createRun(workspace.runs, (await parent.readRecord()).specification, { name: 'changed' });
    const record = await other.readRecord();
    const change = (step: number) => ({ step, name: 'learningRate', before: 0.001, value: 0.002 });
    await other.writeRecord({ ...record, changes: [change(3), change(9)] });
    const checkpoint = {
      ...(await readCheckpoint(at((await parent.readRecord()).stepsPerEpoch))),
      runId: record.id,
      step: 6,
    };
    const file = await new CheckpointStore(other, record.specification.checkpoints).write(checkpoint);
    const branch = await branchRun(workspace.runs, path.join(other.checkpointsPath, file));
    expect(await branch.readRecord()).toMatchObject({ step: 6, changes: [change(3)] });
  });

  it('begins with a file that lies anywhere, and with none that is no checkpoint', async () => {
    const { id, stepsPerEpoch } = await parent.readRecord();
    const file = path.join(await temporaryFolder(), 'mine.safetensors');
    await copyFile(at(stepsPerEpoch), file);
    const run = await branchRun(workspace.runs, file);
    expect((await run.readRecord()).parent).toEqual({ run: id, step: stepsPerEpoch });
    const runs = await readdir(workspace.runs);
    await expect(branchRun(workspace.runs, parent.recordPath)).rejects.toThrow('cannot be used');
    expect(await readdir(workspace.runs)).toEqual(runs);
  });
});
