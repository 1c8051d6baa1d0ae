import type { ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Deferred } from '../../../src/common/deferred';
import { ConnectError, ControlClient } from '../../../src/process/client';
import { readCheckpoint } from '../../../src/runs/checkpoints';
import { createRun, type RunDirectory } from '../../../src/runs/directory';
import { backends, type TestedBackend } from '../support/backends';
import { ended, expectSame, outcome, spawnTrainer, workspaceWithPrograms } from '../support/trainers';
import { tinySpecification } from '../support/workspace';

/** A hundred by all backends; TensorFlow, which runs compiled steps, takes longer to start each time. */
const KILLS: Readonly<Record<TestedBackend, number>> = { wasm: 60, tensorflow: 40 };
/** Of so many kills one falls into the start, where little is written; the others come while the trainer trains. */
const STRIDE = 5;
/** A killed trainer has acknowledged at least so many checkpoints less one before it is killed. */
const MOST_AWAITED = 4;
/** Printed, so that a failure can be had again: LATENT_STUDIO_CRASH_SEED=… */
const SEED = Number(process.env['LATENT_STUDIO_CRASH_SEED'] ?? Date.now() % 1_000_000);

const made = workspaceWithPrograms();

describe.each(backends())('a trainer on %s that is killed', (backend) => {
  const kills = KILLS[backend];
  it(`at ${kills} random instants loses nothing that it acknowledged and ends where an undisturbed one does`, async () => {
    console.log(`instants drawn with seed ${SEED}`);
    const random = generator(SEED);
    const reference = await newRun(backend);
    expect(await ended(spawnTrainer(made.programs.trainer, reference))).toBe(0);
    const expected = await outcome(reference);

    let run = await newRun(backend);
    const acknowledged = new Map<string, number>();
    let [killed, finished, tornWrites, promises] = [0, 0, 0, 0];
    while (killed < kills) {
      const trainer = spawnTrainer(made.programs.trainer, run);
      const trained = new Deferred<void>();
      // By checkpoints and not by time: on a busy machine it would else be killed before it has done anything.
      const awaited = killed % MOST_AWAITED;
      const onRunning = () => awaited === 0 && trained.resolve();
      const watching = watch(run, trainer, onRunning, (file, step) => {
        acknowledged.set(path.join(run.checkpointsPath, file), step);
        if (acknowledged.size >= awaited) trained.resolve();
      });
      if (killed % STRIDE > 0) await Promise.race([trained.promise, ended(trainer)]);
      const died = await killAfter(trainer, random() * (killed % STRIDE > 0 ? 100 : 700));
      await watching;
      if (died) killed += 1;
      tornWrites += (await readdir(run.checkpointsPath)).filter((name) => name.startsWith('.tmp-')).length;
      for (const [file, step] of acknowledged) expect((await readCheckpoint(file)).step).toBe(step);
      promises += acknowledged.size;
      acknowledged.clear();
      if (!died) {
        expect(trainer.exitCode).toBe(0);
        expectSame(await outcome(run), expected);
        finished += 1;
        run = await newRun(backend);
      }
    }
    expect(await ended(spawnTrainer(made.programs.trainer, run))).toBe(0);
    expectSame(await outcome(run), expected);
    // Else the kills came too early to put anything to the test.
    expect(promises).toBeGreaterThan(kills / 2);
    console.log(
      `${killed} kills, ${promises} checkpoints acknowledged, ${finished} runs finished in between, ${tornWrites} checkpoint writes cut off`,
    );
  }, 600_000);
});

function newRun(backend: TestedBackend): Promise<RunDirectory> {
  const specification = tinySpecification(made.workspace, {
    engine: { backend },
    training: {
      ...{ epochs: 20, batch: 16, seed: 7, average: { decay: 0.99 }, clip: { by: 'norm', at: 1 } },
      schedule: { kind: 'cosine', warmup: 5 },
    },
    logging: { scalars: 1, images: 25, evaluate: 10, histograms: 30 },
    checkpoints: { every: 3, keepLast: 1000 },
  });
  return createRun(made.workspace.runs, specification);
}

/** Listens to the trainer as long as it lives. */
async function watch(
  run: RunDirectory,
  trainer: ChildProcess,
  onRunning: () => void,
  onCheckpoint: (file: string, step: number) => void,
) {
  const { id } = await run.readRecord();
  while (trainer.exitCode === null && trainer.signalCode === null) {
    try {
      const client = await ControlClient.connect({ id, role: 'watcher', expectedPid: trainer.pid });
      if (client.state.status === 'running') onRunning();
      client.onState(({ status }) => status === 'running' && onRunning());
      client.onCheckpoint(({ file, step }) => onCheckpoint(file, step));
      await new Promise((resolve) => client.onClose(resolve));
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Whether the trainer was still alive when it was killed. */
async function killAfter(trainer: ChildProcess, milliseconds: number): Promise<boolean> {
  const timer = setTimeout(() => trainer.kill('SIGKILL'), milliseconds);
  await ended(trainer);
  clearTimeout(timer);
  return trainer.signalCode === 'SIGKILL';
}

/** mulberry32: the same seed, the same instants. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
