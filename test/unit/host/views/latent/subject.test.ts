import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkpointsOf, type Subject } from '../../../../../src/host/views/latent/subject';
import { LatentTab } from '../../../../../src/host/views/latent/tab';
import type { LatentSource } from '../../../../../src/protocol/latent';
import { CheckpointStore } from '../../../../../src/runs/checkpoints';
import { createRun, type RunDirectory } from '../../../../../src/runs/directory';
import { checkpointAt } from '../../../runs/support/checkpoints';
import { temporaryFolder, vae } from '../../../runs/support/runs';

async function runWith(...steps: number[]): Promise<{ run: RunDirectory; runId: string; files: string[] }> {
  const run = await createRun(await temporaryFolder(), vae(), { name: 'vae-mnist-001' });
  const { id: runId, specification } = await run.readRecord();
  const store = new CheckpointStore(run, specification.checkpoints);
  const files: string[] = [];
  for (const step of steps) files.push(await store.write({ ...checkpointAt(step), runId }));
  return { run, runId, files };
}

const fileAt = (run: RunDirectory, name: string): Subject => ({
  kind: 'checkpoint',
  key: 'a',
  file: path.join(run.checkpointsPath, name),
});

describe('a checkpoint file', () => {
  it('is of the run in whose folder it lies', async () => {
    const { run, files } = await runWith(10, 20);
    const { run: name, checkpoints } = await checkpointsOf(fileAt(run, files[0]!));
    expect(name).toBe('vae-mnist-001');
    expect(checkpoints.map(({ step }) => step)).toEqual([10, 20]);
  });

  it('is of no known run where it was copied there from another, and of none where it lies elsewhere', async () => {
    const { run } = await runWith(10);
    const { specification } = await run.readRecord();
    const store = new CheckpointStore(run, specification.checkpoints);
    const foreign = await store.write({ ...checkpointAt(30), runId: 'f'.repeat(32) });
    expect((await checkpointsOf(fileAt(run, foreign))).run).toBeUndefined();
    const elsewhere: Subject = { kind: 'checkpoint', key: 'a', file: path.join(run.path, 'step-00000010.safetensors') };
    expect(await checkpointsOf(elsewhere)).toEqual({ checkpoints: [] });
  });

  it('is not what a run’s tab is of, which has its name already', async () => {
    const { run } = await runWith(10);
    expect(await checkpointsOf({ kind: 'run', key: 'a', folder: run.path })).not.toHaveProperty('run');
  });
});

describe('a tab of a checkpoint file', () => {
  it('tells its run before the model is loaded, and still when the run has removed the file', async () => {
    const { run, files } = await runWith(10, 20);
    const subject = fileAt(run, files[0]!);
    const told: LatentSource[] = [];
    const never = () => new Promise<never>(() => undefined);
    const tab = new LatentTab({
      launcher: { attach: never, open: never },
      key: 'a',
      name: () => files[0]!,
      subject: () => subject,
      trusted: () => true,
      post: (message) => message.type === 'source' && told.push(message.source),
      intend: () => undefined,
      saving: { save: () => ({}), saveImages: () => ({}) },
      warn: () => undefined,
    });
    onTestFinished(() => tab.dispose());
    await tab.receive({ type: 'ready' });
    tab.connect();
    await expect.poll(() => told.at(-1)?.run).toBe('vae-mnist-001');
    expect(told.at(-1)).toMatchObject({ name: files[0], state: { kind: 'starting' } });
    await rm(path.join(run.checkpointsPath, files[0]!));
    await tab.receive({ type: 'restart' });
    await expect.poll(() => told.at(-1)?.checkpoints.map(({ step }) => step)).toEqual([20]);
    expect(told.at(-1)?.run).toBe('vae-mnist-001');
  });
});
