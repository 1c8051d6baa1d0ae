import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectError, ControlClient } from '../../../src/process/client';
import { parseSpecification } from '../../../src/protocol/specification';
import { readCheckpoint } from '../../../src/runs/checkpoints';
import { createRun, type RunDirectory } from '../../../src/runs/directory';
import { RunLogReader } from '../../../src/runs/logReader';
import { LoopControl } from '../../../src/trainer/loop/loopControl';
import { train } from '../../../src/trainer/train';
import { createWorkspace, type Workspace } from '../support/workspace';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

/** Steps of the runs of this test. */
const STEPS = 8;

/** A game on a plane, with three updates of its judge a step; it logs nothing and writes no checkpoint before its end. */
function newGame(checkpointEvery = 1_000): Promise<RunDirectory> {
  const never = 1_000;
  const hidden = { kind: 'mlp', hidden: [8], activation: 'relu' } as const;
  return createRun(
    workspace.runs,
    parseSpecification({
      model: { family: 'gan', generator: hidden, discriminator: hidden, discriminatorSteps: 3 },
      data: { set: 'ring', limit: 64 },
      training: { epochs: 1, batch: 8 },
      logging: { scalars: never, images: never, histograms: never, evaluate: never },
      checkpoints: { every: checkpointEvery, keepLast: 10 },
      engine: { backend: 'wasm' },
    }),
  );
}

/** Starts a trainer that waits before its first step. */
async function paused(run: RunDirectory) {
  const { id } = await run.readRecord();
  const trained = train(new LoopControl({ paused: true }), { run: run.path });
  for (;;) {
    try {
      const client = await ControlClient.connect({ id, role: 'controller', expectedPath: run.path });
      return { client, trained };
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      await sleep(5);
    }
  }
}

/** All tensors of the run's newest checkpoint. */
async function weights(run: RunDirectory) {
  const newest = (await readdir(run.checkpointsPath)).sort().at(-1)!;
  return (await readCheckpoint(path.join(run.checkpointsPath, newest))).tensors;
}

describe('a run that is stepped by hand', { timeout: 60_000 }, () => {
  it('has after N steps, with a picture of each, the bits of a run that was left alone', async () => {
    const [alone, stepped] = [await newGame(), await newGame()];
    expect(await train(new LoopControl(), { run: alone.path })).toBe(true);
    const { client, trained } = await paused(stepped);
    for (let step = 1; step <= STEPS; step++) {
      expect((await client.request('step', { count: 1, show: true })).value).toEqual({ step });
    }
    expect(await trained).toBe(true);
    expect(await weights(stepped)).toEqual(await weights(alone));
    expect(await stepped.readRecord()).toMatchObject({ status: 'finished', step: STEPS });
    expect((await stepped.readRecord()).partialSteps).toBeUndefined();
    const reader = new RunLogReader(stepped.path);
    await reader.refresh();
    const points = reader.snapshot().tensors.find(({ tag }) => tag === 'points/samples');
    expect([...points!.steps]).toEqual(Array.from({ length: STEPS + 1 }, (_, step) => step));
  });

  it('changes one player alone, says so in its record, and repeats it when it is resumed from before', async () => {
    const run = await newGame(2);
    const { client, trained } = await paused(run);
    await client.request('step', { count: 2 });
    const before = await weights(run);
    expect((await run.readRecord()).presentation?.phases).toEqual(['discriminator', 'generator']);
    await client.request('step', { phase: 'generator', show: true });
    await client.request('step', { phase: 'generator' });
    const after = await weights(run);
    const changed = [...after].filter(([name, { data }]) => String(data) !== String(before.get(name)!.data));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter(([name]) => name.includes('discriminator'))).toEqual([]);
    await client.request('stop', { checkpoint: false });
    await trained;
    const { partialSteps } = await run.readRecord();
    expect(partialSteps).toEqual([3, 4].map((step) => ({ step, phase: 'generator' })));
    // As after a kill: the same record, and no checkpoint after step 2.
    const twin = await newGame(2);
    await twin.writeRecord({ ...(await twin.readRecord()), partialSteps });
    for (const each of [run, twin]) expect(await train(new LoopControl(), { run: each.path })).toBe(true);
    expect(await weights(twin)).toEqual(await weights(run));
    const plain = await newGame(2);
    expect(await train(new LoopControl(), { run: plain.path })).toBe(true);
    expect(await weights(plain)).not.toEqual(await weights(run));
  });
});
