import { copyFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendInfo } from '../../../src/protocol/run';
import { CheckpointStore } from '../../../src/runs/checkpoints';
import { createRun } from '../../../src/runs/directory';
import { bitDifference, requireParentCheckpoint, newestCheckpoint } from '../../../src/trainer/start/restore';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

/** A run with checkpoints of these steps, each of which holds its step as its only number. */
async function runWith(...steps: number[]) {
  const specification = tinySpecification(workspace, { checkpoints: { keepLast: 100 } });
  const run = await createRun(workspace.runs, specification);
  const { id } = await run.readRecord();
  const store = new CheckpointStore(run, specification.checkpoints);
  for (const step of steps) {
    const tensors = new Map([['weights', { dtype: 'F32', shape: [1], data: Float32Array.of(step) } as const]]);
    await store.write({ step, epoch: step / 6, tensors, specification, runId: id, seed: 0, metrics: {} });
  }
  return { run, store, id, find: () => newestCheckpoint(run, store, id) };
}

const fileOf = (step: number) => `step-${String(step).padStart(8, '0')}.safetensors`;

describe('a run that is restored', () => {
  it('continues from its newest checkpoint', async () => {
    const { find } = await runWith(6, 12);
    const { checkpoint, file, notes } = await find();
    expect({ file, notes }).toEqual({ file: fileOf(12), notes: [] });
    expect(checkpoint?.tensors.get('weights')?.data).toEqual(Float32Array.of(12));
  });

  it('names each damaged checkpoint that it passes over, oldest first, and no older one', async () => {
    const { run, find } = await runWith(6, 12, 18, 24);
    for (const step of [6, 18, 24]) await truncate(path.join(run.checkpointsPath, fileOf(step)), 600);
    const { file, notes } = await find();
    expect(file).toBe(fileOf(12));
    expect(notes).toEqual([
      `The checkpoint ${fileOf(18)} is damaged; the run continued from step 12.`,
      `The checkpoint ${fileOf(24)} is damaged; the run continued from step 12.`,
    ]);
  });

  it('takes no checkpoint of another run that was copied into its folder, which is no damage either', async () => {
    const [own, other] = [await runWith(6), await runWith(30)];
    await copyFile(path.join(other.run.checkpointsPath, fileOf(30)), path.join(own.run.checkpointsPath, fileOf(30)));
    expect(await own.find()).toMatchObject({ file: fileOf(6), notes: [] });
  });

  it('starts from its first step without a checkpoint, unless it continues another run', async () => {
    const { find } = await runWith();
    const found = await find();
    expect(found).toEqual({ checkpoint: undefined, file: undefined, notes: [] });
    expect(() => requireParentCheckpoint(found, {})).not.toThrow();
    const parent = { run: 'a'.repeat(32), step: 12, name: 'parent' };
    expect(() => requireParentCheckpoint(found, { parent })).toThrow(
      /continues from step 12 of “parent”.*Delete this run’s folder/,
    );
    const whole = await (await runWith(12)).find();
    expect(() => requireParentCheckpoint(whole, { parent })).not.toThrow();
  });
});

const TENSORFLOW: BackendInfo = {
  name: 'tensorflow',
  description: 'TensorFlow 2.21.0 CPU',
  version: '2.21.0',
  device: 'A CPU',
  flags: { threads: '2', oneDNN: 'on' },
};

describe('a resume', () => {
  it('promises the same bits where nothing differs, and in a first session', () => {
    expect(bitDifference(TENSORFLOW, { ...TENSORFLOW, flags: { ...TENSORFLOW.flags } })).toBeUndefined();
    expect(bitDifference(undefined, TENSORFLOW)).toBeUndefined();
  });

  it('names every difference that changes bits', () => {
    const now = { ...TENSORFLOW, version: '2.22.0', flags: { threads: '4', avx: 'yes' } };
    expect(bitDifference(TENSORFLOW, now)).toBe(
      'not bit for bit: version 2.22.0 instead of 2.21.0, threads 4 instead of 2, oneDNN unset instead of on, avx yes instead of unset',
    );
  });

  it('promises the same bits whatever kept native TensorFlow away', () => {
    const wasm: BackendInfo = { ...TENSORFLOW, name: 'wasm', version: '4.22.0', flags: { threads: '1' } };
    expect(bitDifference({ ...wasm, flags: { threads: '1', tensorflow: 'not set up' } }, wasm)).toBeUndefined();
  });

  it('says of another backend only that', () => {
    const wasm: BackendInfo = { ...TENSORFLOW, name: 'wasm', version: '4.22.0', flags: {} };
    expect(bitDifference(TENSORFLOW, wasm)).toBe('not bit for bit: backend wasm instead of tensorflow');
  });
});
