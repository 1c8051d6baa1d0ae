import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ControlClient, FollowedLatents } from '../../../src/process/client';
import { launchInspector } from '../../../src/process/launcher';
import type { NetworkSpecification } from '../../../src/protocol/families/parts';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { createRun, type RunDirectory } from '../../../src/runs/directory';
import { processStartTime } from '../../../src/runs/processIdentity';
import { backends } from '../support/backends';
import { connectTo, ended, expectSame, outcome, spawnTrainer, workspaceWithPrograms } from '../support/trainers';
import { tinySpecification } from '../support/workspace';

const made = workspaceWithPrograms();

function newRun(backend: 'tensorflow' | 'wasm'): Promise<RunDirectory> {
  const settings: Partial<SpecificationInput> = {
    model: { family: 'cvae', network: { kind: 'mlp', hidden: [8] }, latent: 2 },
    training: { epochs: 10, batch: 16, seed: 3 },
    logging: { scalars: 1, images: 20, evaluate: 12, histograms: 30 },
    checkpoints: { every: 12, keepLast: 100 },
    engine: { backend, threads: 1 },
  };
  return createRun(made.workspace.runs, tinySpecification(made.workspace, settings));
}

const floats = (body: Uint8Array) => [...new Float32Array(new Uint8Array(body).buffer)];
const latents = new Uint8Array(Float32Array.of(0.5, -1, 1, 0.25).buffer);
const encode = (client: ControlClient, at?: number) =>
  client.request('encode', { set: 'test', from: 0, count: 5_000, at });
const decode = (client: ControlClient, at?: number) =>
  client.request('decode', { count: 2, labels: [0, 1], at }, latents);

/** Its process goes with it, and what that keeps in the runtime folder. */
async function end(inspector: ControlClient): Promise<void> {
  inspector.dispose();
  // That it ends is what counts; how soon depends on what else the machine does.
  await expect.poll(() => processStartTime(inspector.pid), { timeout: 30_000 }).toBeUndefined();
}

describe.each(backends())('a run on %s that is looked into', (backend) => {
  it('answers watchers between its steps, and ends where an undisturbed one does', async () => {
    const [looked, alone] = [await newRun(backend), await newRun(backend)];
    const undisturbed = spawnTrainer(made.programs.trainer, alone);
    expect(await ended(undisturbed)).toBe(0);

    const trainer = spawnTrainer(made.programs.trainer, looked, '--paused');
    const watcher = await connectTo(looked, trainer, 'watcher');
    const controller = await connectTo(looked, trainer, 'controller');
    await controller.request('pause', {});
    const followed: FollowedLatents[] = [];
    watcher.onLatents((event) => followed.push({ ...event, body: new Uint8Array(event.body) }));
    expect((await watcher.request('follow', { count: 20, every: 5 })).value).toEqual({ step: 0 });
    await expect(watcher.request('pause', {})).rejects.toMatchObject({ code: 'forbidden' });
    const before = await encode(watcher);
    expect(before.value).toEqual({ step: 0, count: 32, latent: 2, variance: true });

    await controller.request('step', { count: 12 });
    await expect.poll(() => followed.length).toBeGreaterThan(0);
    // The first follows the first step; how often others come is a matter of how fast this machine is.
    expect(followed[0]).toMatchObject({ step: 1, count: 20, latent: 2, variance: true });
    const after = await encode(watcher);
    expect(after.value.step).toBe(12);
    expect(after.body).not.toEqual(before.body);
    await expect(decode(watcher, 6)).rejects.toMatchObject({ code: 'unsupported' });

    // At step 12 there is a checkpoint: an inspector that opens it gives what the run gave.
    const checkpoint = path.join(looked.checkpointsPath, 'step-00000012.safetensors');
    const inspector = await launchInspector({ checkpoint, programs: { node: process.execPath, ...made.programs } });
    const inspected = await encode(inspector);
    expect(inspected.value).toEqual(after.value);
    for (const [i, number] of floats(after.body).entries()) {
      expect(floats(inspected.body)[i]).toBeCloseTo(number, 5);
    }
    expect((await decode(inspector)).value).toEqual((await decode(watcher)).value);
    await end(inspector);

    // While it goes on, as fast as the explorer asks.
    await controller.request('resume', {});
    const asked: number[] = [];
    for (;;) {
      const answer = await Promise.all([encode(watcher), decode(watcher)]).catch(() => undefined);
      if (answer === undefined) break;
      asked.push(answer[1].value.step);
    }
    expect(asked.length).toBeGreaterThan(0);
    expect(await ended(trainer)).toBe(0);
    expectSame(await outcome(looked), await outcome(alone));
  }, 120_000);

  it('leaves checkpoints of which one inspector shows any, without mixing their weights', async () => {
    const run = await newRun(backend);
    expect(await ended(spawnTrainer(made.programs.trainer, run))).toBe(0);
    const open = (step: number) => {
      const checkpoint = path.join(run.checkpointsPath, `step-${String(step).padStart(8, '0')}.safetensors`);
      return launchInspector({ checkpoint, programs: { node: process.execPath, ...made.programs } });
    };
    const newest = await open(60);
    const steps = [12, 36, 12];
    const [evaluated, ...found] = await Promise.all([
      newest.request('evaluate', {}),
      ...steps.map((step) => Promise.all([encode(newest, step), decode(newest, step)])),
    ]);
    for (const [place, step] of steps.entries()) {
      const [encoded, decoded] = found[place]!;
      expect([encoded.value.step, decoded.value.step]).toEqual([step, step]);
      const own = await open(step);
      expect(floats((await encode(own)).body)).toEqual(floats(encoded.body));
      expect((await decode(own)).body).toEqual(decoded.body);
      await end(own);
    }
    // An evaluation is of the checkpoint that was opened, whatever else is asked meanwhile.
    expect((await newest.request('evaluate', {})).value.metrics).toEqual(evaluated.value.metrics);
    await expect(encode(newest, 13)).rejects.toMatchObject({ code: 'absent' });
    await expect(newest.request('follow', {})).rejects.toMatchObject({ code: 'unsupported' });
    await end(newest);
  }, 120_000);
});

describe.each(backends())('a trained generator on %s', (backend) => {
  it('is looked into without an encoder, from its checkpoints', async () => {
    const mlp: NetworkSpecification = { kind: 'mlp', hidden: [8], activation: 'relu' };
    const specification = tinySpecification(made.workspace, {
      model: { family: 'gan', latent: 2, generator: mlp, discriminator: mlp },
      data: { set: 'ring', limit: 320 },
      training: { epochs: 1, batch: 16, seed: 3 },
      checkpoints: { every: 10, keepLast: 100 },
      engine: { backend, threads: 1 },
    });
    const run = await createRun(made.workspace.runs, specification);
    expect(await ended(spawnTrainer(made.programs.trainer, run))).toBe(0);
    const checkpoint = path.join(run.checkpointsPath, 'step-00000020.safetensors');
    const inspector = await launchInspector({ checkpoint, programs: { node: process.execPath, ...made.programs } });
    const { value } = await inspector.request('describe', {});
    expect(value).toMatchObject({
      ...{ step: 20, imageShape: null },
      capabilities: { latent: { size: 2, prior: 'normal', encodes: null, decodes: true } },
    });
    const points = (at?: number) => inspector.request('decode', { count: 2, at }, latents);
    const [now, before, again] = [await points(), await points(10), await points(20)];
    expect(now.value).toEqual({ step: 20, count: 2, size: 2 });
    expect(floats(now.body)).toHaveLength(4);
    expect(floats(now.body).every(Number.isFinite)).toBe(true);
    expect(before.value).toEqual({ step: 10, count: 2, size: 2 });
    expect(floats(before.body)).not.toEqual(floats(now.body));
    expect(floats(again.body)).toEqual(floats(now.body));
    await expect(encode(inspector)).rejects.toMatchObject({ code: 'unsupported' });
    await end(inspector);
  }, 120_000);
});
