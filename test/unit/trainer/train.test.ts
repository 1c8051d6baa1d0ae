import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectError, ControlClient } from '../../../src/process/client';
import type { Role } from '../../../src/process/handshake';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { createRun, type RunDirectory } from '../../../src/runs/directory';
import { inspectLock, LockedError } from '../../../src/runs/lock';
import { LoopControl } from '../../../src/trainer/loop/loopControl';
import { train } from '../../../src/trainer/train';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

function newRun(changes: Partial<SpecificationInput> = {}): Promise<RunDirectory> {
  return createRun(workspace.runs, tinySpecification(workspace, { training: { epochs: 2, batch: 16 }, ...changes }));
}

/** Connects as soon as the trainer listens, which is before it has loaded anything. */
async function connect(run: RunDirectory, role: Role = 'controller'): Promise<ControlClient> {
  const { id } = await run.readRecord();
  for (;;) {
    try {
      return await ControlClient.connect({ id, role, expectedPath: run.path });
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

describe('a run in the process of its test', () => {
  it('is trained to its end, and is then free for the next trainer', async () => {
    const run = await newRun();
    expect(await train(new LoopControl(), { run: run.path })).toBe(true);
    expect(await run.readRecord()).toMatchObject({ status: 'finished', step: 12, totalSteps: 12, epoch: 2 });
    expect(await readdir(run.checkpointsPath)).toContain('step-00000012.safetensors');
    expect((await inspectLock(run.path)).state).toBe('free');
    expect(await train(new LoopControl(), { run: run.path, extendEpochs: 1 })).toBe(true);
    expect(await run.readRecord()).toMatchObject({ status: 'finished', step: 18 });
  });

  it('answers requests that arrive while it starts once it has loaded, those for the loop in their order', async () => {
    const run = await newRun();
    const control = new LoopControl({ paused: true });
    const trained = train(control, { run: run.path });
    const client = await connect(run);
    const answers = await Promise.all([
      client.request('describe', {}),
      client.request('follow', { count: 4, every: 1 }),
      client.request('set', { name: 'beta', value: 2 }),
      client.request('set', { name: 'beta', value: 3 }),
    ]);
    expect(answers.map(({ value }) => value)).toMatchObject([
      { step: 0, family: 'vae' },
      { step: 0 },
      { step: 0, before: 1, after: 2 },
      // The first update has not been made: what held before it is still the value of the specification.
      { step: 0, before: 1, after: 3 },
    ]);
    expect((await run.readRecord()).changes).toEqual([{ step: 1, name: 'beta', before: 1, value: 3 }]);
    const latents = new Promise<number>((resolve) => client.onLatents(({ step }) => resolve(step)));
    await client.request('resume', {});
    expect(await latents).toBe(1);
    expect(await trained).toBe(true);
  });

  it('leaves a checkpoint of the step at which it is stopped, or none where that is declined', async () => {
    for (const checkpoint of [true, false]) {
      const run = await newRun({ checkpoints: { every: 1_000 } });
      const trained = train(new LoopControl({ paused: true }), { run: run.path });
      const client = await connect(run);
      expect((await client.request('step', { count: 3 })).value).toEqual({ step: 3 });
      const file = checkpoint ? 'step-00000003.safetensors' : null;
      expect((await client.request('stop', { checkpoint })).value).toEqual({ step: 3, checkpoint: file });
      expect(await trained).toBe(true);
      expect(await run.readRecord()).toMatchObject({ status: 'stopped', step: 3 });
      expect(await readdir(run.checkpointsPath).catch(() => [])).toEqual(file === null ? [] : [file]);
    }
  });

  it('that cannot load its data records why, and rejects what waits for the model with the same reason', async () => {
    const run = await newRun({ data: { set: 'idx', path: path.join(workspace.folder, 'nowhere') } });
    const trained = train(new LoopControl(), { run: run.path });
    const client = await connect(run, 'watcher');
    const states: string[] = [client.state.status];
    client.onState(({ status }) => states.push(status));
    await expect(client.request('describe', {})).rejects.toThrow('nowhere');
    expect(await trained).toBe(false);
    expect(states.at(-1)).toBe('failed');
    const { status, failure } = await run.readRecord();
    expect({ status, kind: failure?.kind }).toEqual({ status: 'failed', kind: 'data' });
    expect((await inspectLock(run.path)).state).toBe('free');
  });

  it('ends with the error that aborts its loop, after which others may have it', async () => {
    const run = await newRun();
    const control = new LoopControl({ paused: true });
    const trained = train(control, { run: run.path });
    const client = await connect(run, 'watcher');
    await client.request('describe', {});
    control.abort(new Error('outside of every promise'));
    expect(await trained).toBe(false);
    const { failure } = await run.readRecord();
    expect(failure).toMatchObject({ kind: 'internal', message: 'The trainer failed: outside of every promise' });
    expect((await inspectLock(run.path)).state).toBe('free');
  });

  it('is refused to a second trainer, which leaves the record alone', async () => {
    const run = await newRun();
    const control = new LoopControl({ paused: true });
    const trained = train(control, { run: run.path });
    const client = await connect(run, 'watcher');
    await client.request('describe', {});
    await expect(train(new LoopControl(), { run: run.path })).rejects.toThrow(LockedError);
    expect((await run.readRecord()).status).not.toBe('failed');
    control.resume();
    expect(await trained).toBe(true);
  });
});
