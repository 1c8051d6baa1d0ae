import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ControlClient } from '../../../src/process/client';
import { createRun, RunDirectory } from '../../../src/runs/directory';
import { readCheckpoint } from '../../../src/runs/checkpoints';
import { processStartTime } from '../../../src/runs/processIdentity';
import { metricsOf } from '../../../src/protocol/metrics';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { backends } from '../support/backends';
import {
  connectTo,
  ended,
  expectSame,
  outcome,
  reaches,
  spawnTrainer,
  workspaceWithPrograms,
  type Outcome,
} from '../support/trainers';
import { tinySpecification } from '../support/workspace';

const made = workspaceWithPrograms();

/** Sixty updates; a checkpoint and an evaluation every twelve. */
const SETTINGS: Partial<SpecificationInput> = {
  training: { epochs: 10, batch: 16, seed: 3 },
  logging: { scalars: 1, images: 20, evaluate: 12, histograms: 30 },
  checkpoints: { every: 12, keepLast: 100 },
};

function newRun(changes: Partial<SpecificationInput> = {}): Promise<RunDirectory> {
  return createRun(made.workspace.runs, tinySpecification(made.workspace, { ...SETTINGS, ...changes }));
}
const start = (run: RunDirectory, ...more: string[]) => spawnTrainer(made.programs.trainer, run, ...more);
const finish = (run: RunDirectory, ...more: string[]) => ended(start(run, ...more));

let undisturbed: Promise<Outcome> | undefined;
/** What a run of the usual settings leaves that is not interfered with; trained once for all comparisons. */
function undisturbedOutcome(): Promise<Outcome> {
  undisturbed ??= (async () => {
    const run = await newRun();
    expect(await finish(run)).toBe(0);
    return outcome(run);
  })();
  return undisturbed;
}

/** A trainer that is paused before its first update, and control of it. */
async function startPaused(
  run: RunDirectory,
  ...more: string[]
): Promise<{ trainer: ChildProcess; client: ControlClient }> {
  const trainer = start(run, '--paused', ...more);
  const client = await connectTo(run, trainer, 'controller');
  await client.request('pause', {});
  return { trainer, client };
}

async function kill(trainer: ChildProcess): Promise<void> {
  trainer.kill('SIGKILL');
  await ended(trainer);
}

describe('a run that is controlled', () => {
  it('pauses, steps, writes checkpoints, draws samples, evaluates and stops, and says so in run.json', async () => {
    const run = await newRun();
    const { trainer, client } = await startPaused(run);
    const { step: begin } = (await client.request('pause', {})).value;
    expect((await client.request('step', { count: 5 })).value.step).toBe(begin + 5);
    expect((await run.readRecord()).status).toBe('paused');

    const announced = new Promise((resolve) => client.onCheckpoint(resolve));
    const { file, step } = (await client.request('checkpoint', {})).value;
    expect(await announced).toEqual({ file, step });
    expect((await readCheckpoint(path.join(run.checkpointsPath, file))).step).toBe(begin + 5);

    const samples = await client.request('sample', { count: 70, seed: 1 });
    expect(samples.value).toEqual({ step, count: 70, height: 6, width: 6, channels: 1 });
    expect(samples.body).toHaveLength(70 * 36);
    expect((await client.request('sample', { count: 70, seed: 1 })).body).toEqual(samples.body);
    expect((await client.request('sample', { count: 70, seed: 2 })).body).not.toEqual(samples.body);

    const { value } = await client.request('evaluate', { samples: 20, count: 10 });
    expect(value.count).toBe(10);
    const { specification } = await run.readRecord();
    expect(Object.keys(value.metrics)).toEqual(expect.arrayContaining(metricsOf(specification)));
    expect(-value.metrics['test/log_likelihood']!).toBeLessThan(value.metrics['test/negative_elbo']! + 1);

    // Steps that the schedule has written meanwhile were asked for by nobody, and neither is that of the stop.
    await client.request('step', { count: 12 - step });
    const asked = async () => (await readCheckpoint(path.join(run.checkpointsPath, file))).requested;
    const scheduled = path.join(run.checkpointsPath, 'step-00000012.safetensors');
    expect([await asked(), (await readCheckpoint(scheduled)).requested]).toEqual([true, false]);
    await client.request('checkpoint', {});
    expect((await readCheckpoint(scheduled)).requested).toBe(true);

    await client.request('step', { count: 1 });
    const stopped = await client.request('stop', {});
    const last = 'step-00000013.safetensors';
    expect(stopped.value).toEqual({ step: 13, checkpoint: last });
    expect((await readCheckpoint(path.join(run.checkpointsPath, last))).requested).toBe(false);
    expect(await ended(trainer)).toBe(0);
    expect(await run.readRecord()).toMatchObject({ status: 'stopped', step: 13, totalSteps: 60, stepsPerEpoch: 6 });
  });

  it('continues when it is asked for what its model cannot do', async () => {
    const run = await newRun({ model: { family: 'ae', network: { kind: 'mlp', hidden: [8] }, latent: 2 } });
    const { trainer, client } = await startPaused(run);
    await expect(client.request('sample', {})).rejects.toMatchObject({ code: 'unsupported' });
    await client.request('resume', {});
    expect(await ended(trainer)).toBe(0);
  });

  it('changes a hyperparameter, records it, and repeats the change at its step after a crash', async () => {
    const changeAt30 = async (run: RunDirectory) => {
      const { trainer, client } = await startPaused(run);
      const { step } = client.state;
      await client.request('step', { count: 30 - step });
      expect((await client.request('set', { name: 'beta', value: 5 })).value).toEqual({
        step: 30,
        before: 1,
        after: 5,
      });
      await expect(client.request('set', { name: 'beta', value: -1 })).rejects.toThrow(/must be between 0/);
      return { trainer, client };
    };
    const undisturbed = await newRun();
    const first = await changeAt30(undisturbed);
    await first.client.request('resume', {});
    expect(await ended(first.trainer)).toBe(0);

    const crashed = await newRun();
    const second = await changeAt30(crashed);
    await second.client.request('step', { count: 4 });
    await kill(second.trainer);
    expect(await finish(crashed)).toBe(0);

    const expected = await outcome(undisturbed);
    expect(expected.log.scalars.find(({ tag }) => tag === 'hyperparameters/beta')?.steps).toEqual(Float64Array.of(31));
    expectSame(await outcome(crashed), expected);
    expect((await crashed.readRecord()).changes).toEqual([{ step: 31, name: 'beta', before: 1, value: 5 }]);
    expect([...(await undisturbedOutcome()).tensors]).not.toEqual([...expected.tensors]);
  });

  it('resumes without the last edit as if it had never been made, bit for bit', async () => {
    const run = await newRun();
    const { trainer, client } = await startPaused(run);
    await client.request('step', { count: 26 - client.state.step });
    await client.request('set', { name: 'learningRate', value: 0.5 });
    await client.request('step', { count: 4 });
    await kill(trainer);
    expect(await finish(run, '--without-last-edit')).toBe(0);
    const [actual, expected] = [await outcome(run), await undisturbedOutcome()];
    // The edit itself was logged once, and is superseded: a series without points.
    const scalars = actual.log.scalars.filter(({ steps }) => steps.length > 0);
    expectSame({ ...actual, log: { ...actual.log, scalars } }, expected);
    const { changes, notes } = await run.readRecord();
    expect(changes).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(/^Resumed from step 24 without the edit Learning rate 0\.001 → 0\.5 \(step 27\)/),
    ]);
  });

  it('fails at an edit that makes the loss diverge, fails again by a plain resume, and finishes without the edit', async () => {
    // β makes the loss so steep that a large learning rate breaks it at once.
    const steep = async () => {
      const run = await newRun({ checkpoints: { every: 5, keepLast: 2 } });
      const { trainer, client } = await startPaused(run);
      await client.request('step', { count: 5 - client.state.step });
      await client.request('set', { name: 'beta', value: 10_000 });
      return { run, trainer, client };
    };
    const unbroken = await steep();
    await unbroken.client.request('resume', {});
    expect(await ended(unbroken.trainer)).toBe(0);
    const { run, trainer, client } = await steep();
    await client.request('set', { name: 'learningRate', value: 10 });
    await client.request('resume', {});
    expect(await ended(trainer)).toBe(1);
    const first = (await run.readRecord()).failure;
    expect(first).toMatchObject({ kind: 'not-a-number' });
    expect(first?.remedy).toMatch(/changed from 0\.001 to 10 at step 6,.*The checkpoint of step \d+ is unaffected/);
    expect(await finish(run)).toBe(1);
    expect((await run.readRecord()).failure).toMatchObject({ kind: 'not-a-number', step: first?.step });
    expect(await finish(run, '--without-last-edit')).toBe(0);
    const [actual, expected] = [await outcome(run), await outcome(unbroken.run)];
    expect([...actual.tensors]).toEqual([...expected.tensors]);
    const { changes } = await unbroken.run.readRecord();
    expect(await run.readRecord()).toMatchObject({ status: 'finished', changes });
  });

  it('takes back an edit that the last checkpoint has seen from there on, and repeats that after a crash', async () => {
    const editedAt20 = async () => {
      const run = await newRun();
      const { trainer, client } = await startPaused(run);
      await client.request('step', { count: 20 - client.state.step });
      await client.request('set', { name: 'beta', value: 5 });
      await client.request('step', { count: 6 });
      await kill(trainer);
      return run;
    };
    const [straight, crashed] = [await editedAt20(), await editedAt20()];
    expect(await finish(straight, '--without-last-edit')).toBe(0);
    const second = await startPaused(crashed, '--without-last-edit');
    await second.client.request('step', { count: 3 });
    await kill(second.trainer);
    expect(await finish(crashed)).toBe(0);
    expectSame(await outcome(crashed), await outcome(straight));
    expect((await crashed.readRecord()).changes).toEqual([
      { step: 21, name: 'beta', before: 1, value: 5 },
      { step: 25, name: 'beta', before: 5, value: 1, takesBack: 21 },
    ]);
  });

  it('ends with a checkpoint when it is asked to terminate, and takes no notice of a hang-up', async () => {
    const run = await newRun({ training: { epochs: 100_000, batch: 16 } });
    const trainer = start(run);
    const client = await connectTo(run, trainer, 'watcher');
    await reaches(client, 'running');
    trainer.kill('SIGHUP');
    const { step } = client.state;
    await expect.poll(() => client.state.step).toBeGreaterThan(step);
    trainer.kill('SIGTERM');
    expect(await ended(trainer)).toBe(0);
    const record = await run.readRecord();
    expect(record.status).toBe('stopped');
    expect(await readdir(run.checkpointsPath)).toContain(`step-${String(record.step).padStart(8, '0')}.safetensors`);
  });
});

describe('a run', () => {
  it.each(backends())('of 60 steps equals 30, kill -9 and a resume, bit for bit, on %s', async (backend) => {
    const settings = { engine: { backend, threads: 1 } };
    const straight = await newRun(settings);
    expect(await finish(straight)).toBe(0);
    const resumed = await newRun(settings);
    const { trainer, client } = await startPaused(resumed);
    await client.request('step', { count: 33 - client.state.step });
    await kill(trainer);
    expect(await finish(resumed)).toBe(0);
    expectSame(await outcome(resumed), await outcome(straight));
    expect((await resumed.readRecord()).notes).toEqual([]);
  });

  it('that has finished can be extended, and then equals one that was as long from the start', async () => {
    const short = await newRun({ training: { epochs: 6, batch: 16, seed: 3 } });
    expect(await finish(short)).toBe(0);
    expect(await finish(short, '--extend-epochs', '4')).toBe(0);
    expect((await short.readRecord()).specification.training.epochs).toBe(10);
    expect([...(await outcome(short)).tensors]).toEqual([...(await undisturbedOutcome()).tensors]);
  });

  it('that is killed says in run.json at least the step of its newest checkpoint', async () => {
    const run = await newRun({ checkpoints: { every: 1, keepLast: 100 } });
    const { trainer, client } = await startPaused(run);
    let announced = 0;
    client.onCheckpoint(({ step }) => (announced = step));
    // Sooner than the seconds after which mere progress is written.
    await client.request('step', { count: 7 });
    await kill(trainer);
    expect(announced).toBeGreaterThan(0);
    expect((await run.readRecord()).step).toBeGreaterThanOrEqual(announced);
  });

  it('continues from an older checkpoint when the newest is damaged, and says so', async () => {
    const run = await newRun();
    const { trainer, client } = await startPaused(run);
    await client.request('step', { count: 40 - client.state.step });
    await kill(trainer);
    await truncate(path.join(run.checkpointsPath, 'step-00000036.safetensors'), 1000);
    expect(await finish(run)).toBe(0);
    const { notes } = await run.readRecord();
    expect(notes).toEqual(['The checkpoint step-00000036.safetensors is damaged; the run continued from step 24.']);
    expectSame(await outcome(run), await undisturbedOutcome());
  });

  it('says in its notes where it is weaker than it looks', async () => {
    const run = await newRun({ engine: { backend: 'auto' }, checkpoints: { every: 12, keepLast: 1 } });
    // As a run from before such a metric was refused.
    const made = await run.readRecord();
    const keepBest = { metric: 'test/negative_elob', mode: 'min' as const };
    const checkpoints = { ...made.specification.checkpoints, keepBest };
    await run.writeRecord({ ...made, specification: { ...made.specification, checkpoints } });
    const { trainer, client } = await startPaused(run, '--without-tensorflow', 'it does not work here: SIGILL');
    expect(client.state.backend).toMatchObject({
      name: 'wasm',
      flags: { tensorflow: 'it does not work here: SIGILL' },
    });
    await client.request('step', { count: 13 });
    await kill(trainer);
    const record = await run.readRecord();
    const backend = { ...record.backend!, flags: { ...record.backend!.flags, threads: '7' } };
    await run.writeRecord({ ...record, backend });
    expect(await finish(run)).toBe(0);
    const { notes } = await run.readRecord();
    expect(notes).toEqual([
      'Native TensorFlow: it does not work here: SIGILL. WebAssembly trains instead, which is slower.',
      expect.stringMatching(/^checkpoints.keepBest has no effect: .*"test\/negative_elob", but .*test\/negative_elbo/),
      'From step 12 on not bit for bit: threads 1 instead of 7.',
    ]);
  });

  it('has one trainer: of several that are started at once one wins and the others say who', async () => {
    const run = await newRun({ training: { epochs: 100_000, batch: 16 } });
    const said: string[] = [];
    const trainers = Array.from({ length: 4 }, () => {
      const trainer = spawn(process.execPath, [made.programs.trainer, 'train', '--run', run.path]);
      trainer.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
      return trainer;
    });
    const losers = await new Promise<ChildProcess[]>((resolve) => {
      const gone: ChildProcess[] = [];
      for (const trainer of trainers) trainer.once('exit', () => gone.push(trainer) === 3 && resolve(gone));
    });
    expect(losers.map((loser) => loser.exitCode)).toEqual([3, 3, 3]);
    const winner = trainers.find((trainer) => !losers.includes(trainer))!;
    expect(said.join('')).toContain(`Process ${winner.pid} on`);
    const client = await connectTo(run, winner, 'controller');
    await reaches(client, 'running');
    await client.request('stop', { checkpoint: false });
    expect(await ended(winner)).toBe(0);
  });
});

describe('a run whose lock is taken away', () => {
  it('ends without a word on disk and tells who watches what happened and what next', async () => {
    const run = await newRun({ training: { epochs: 100_000, batch: 16 } });
    const trainer = start(run);
    const client = await connectTo(run, trainer, 'watcher');
    await reaches(client, 'running');
    await rm(run.lockPath);
    await new Promise((resolve) => client.onClose(resolve));
    expect(client.state).toMatchObject({
      status: 'failed',
      failure: {
        kind: 'disk',
        message: expect.stringContaining('was removed or taken over') as string,
        remedy: expect.stringContaining('resumed') as string,
      },
    });
    expect(await ended(trainer)).toBe(1);
    expect((await run.readRecord()).status).toBe('running');
  });
});

describe('a run whose folder is moved while it trains', () => {
  it('continues in the renamed folder, bit for bit, and leaves nothing under the old name', async () => {
    const run = await newRun();
    const { trainer, client } = await startPaused(run);
    await client.request('step', { count: 5 });
    const renamed = `${run.path}-renamed`;
    await rename(run.path, renamed);
    await client.request('checkpoint', {});
    await client.request('step', { count: 4 });
    const moved = await RunDirectory.open(renamed);
    // Who comes now asks for it by its new name.
    const second = await connectTo(moved, trainer, 'watcher');
    expect(second.state.step).toBe(client.state.step);
    second.dispose();
    await client.request('resume', {});
    expect(await ended(trainer)).toBe(0);
    await expect(readdir(run.path)).rejects.toThrow(/ENOENT/);
    expect(await moved.readRecord()).toMatchObject({
      status: 'finished',
      notes: [expect.stringContaining(`to ${renamed} at step`) as string],
    });
    const [actual, expected] = [await outcome(moved), await undisturbedOutcome()];
    expect([...actual.tensors]).toEqual([...expected.tensors]);
    expectSame(actual, expected);
  });

  it('can be resumed under its new name after a crash', async () => {
    const run = await newRun();
    const { trainer, client } = await startPaused(run);
    await client.request('step', { count: 14 });
    const renamed = `${run.path}-crashed`;
    await rename(run.path, renamed);
    await kill(trainer);
    const moved = await RunDirectory.open(renamed);
    expect(await finish(moved)).toBe(0);
    expectSame(await outcome(moved), await undisturbedOutcome());
  });

  it('ends when the folder is deleted, tells who watches, and makes no folder again', async () => {
    const run = await newRun({ training: { epochs: 100_000, batch: 16 } });
    const trainer = start(run);
    const client = await connectTo(run, trainer, 'watcher');
    await reaches(client, 'running');
    await rm(run.path, { recursive: true });
    await new Promise((resolve) => client.onClose(resolve));
    expect(client.state).toMatchObject({
      status: 'failed',
      failure: { kind: 'disk', message: expect.stringContaining('was deleted') as string },
    });
    expect(await ended(trainer)).toBe(1);
    await expect(readdir(run.path)).rejects.toThrow(/ENOENT/);
  });
});

describe('a run that fails', () => {
  it('for numbers that are none says which, at which step, what to try, and leaves the checkpoints alone', async () => {
    const run = await newRun({ checkpoints: { every: 1, keepLast: 100 } });
    const { trainer, client } = await startPaused(run);
    await client.request('step', { count: 5 });
    const before = await readdir(run.checkpointsPath);
    await client.request('set', { name: 'beta', value: 10_000 });
    await client.request('set', { name: 'learningRate', value: 10 });
    await client.request('resume', {});
    expect(await ended(trainer)).toBe(1);
    const { status, failure } = await run.readRecord();
    expect(status).toBe('failed');
    expect(failure).toMatchObject({
      kind: 'not-a-number',
      remedy: expect.stringContaining('Learning rate was changed from 0.001 to 10 at step 6') as string,
    });
    expect(failure!.message).toMatch(
      /(train\/\w+ became (NaN|-?Infinity)|The variable [\w.]+ is not finite) at step \d+/,
    );
    for (const file of await readdir(run.checkpointsPath)) {
      const { tensors } = await readCheckpoint(path.join(run.checkpointsPath, file));
      for (const { data } of tensors.values()) expect(data.every(Number.isFinite)).toBe(true);
    }
    expect(await readdir(run.checkpointsPath)).toEqual(expect.arrayContaining(before));
  });

  it('for more epochs than there may be keeps its record, and can still be extended', async () => {
    const run = await newRun({ training: { epochs: 1, batch: 16 } });
    expect(await finish(run)).toBe(0);
    expect(await finish(run, '--extend-epochs', '1000000')).toBe(1);
    const { status, failure, specification } = await run.readRecord();
    expect({ status, epochs: specification.training.epochs }).toEqual({ status: 'failed', epochs: 1 });
    expect(failure).toMatchObject({ kind: 'specification', remedy: 'Ask for fewer epochs.' });
    expect(await finish(run, '--extend-epochs', '1')).toBe(0);
  });

  it.each([
    ['a model of terabytes', { model: { family: 'vae', network: { kind: 'mlp', hidden: [65_536, 65_536] } } }, /GB/],
    ['data on a stranger’s machine', { data: { set: 'idx', path: '\\\\evil\\share' } }, /points to another machine/],
  ] as const)('for %s says so before it takes or asks anything', async (_, changes, words) => {
    const run = await newRun(changes as unknown as Partial<SpecificationInput>);
    expect(await finish(run)).toBe(1);
    const { status, failure } = await run.readRecord();
    expect(status).toBe('failed');
    expect(failure?.message).toMatch(words);
  });

  it('for its data names the file and what to do', async () => {
    const run = await newRun({ data: { set: 'idx', path: path.join(made.workspace.folder, 'nowhere') } });
    expect(await finish(run)).toBe(1);
    const { status, failure } = await run.readRecord();
    expect(status).toBe('failed');
    expect(failure).toMatchObject({ kind: 'data', remedy: expect.stringContaining('data.path') as string });
    expect(failure!.message).toContain('nowhere');
  });

  it.skipIf(process.platform === 'win32')('for its disk keeps what was written and can be resumed', async () => {
    const run = await newRun({ logging: { scalars: 1, images: 1, evaluate: 12, histograms: 30 } });
    // No file of this process may grow over 64 blocks of 1024 bytes: the event file fills up in the middle.
    const limited = `trap '' XFSZ; ulimit -f 64; exec "$0" "$@"`;
    const trainer = spawn(
      'bash',
      ['-c', limited, process.execPath, made.programs.trainer, 'train', '--run', run.path],
      {
        stdio: 'ignore',
      },
    );
    expect(await ended(trainer)).toBe(1);
    const { status, failure } = await run.readRecord();
    expect(status).toBe('failed');
    expect(failure).toMatchObject({ kind: 'disk' });
    expect(await finish(run)).toBe(0);
    const undisturbed = await newRun({ logging: { scalars: 1, images: 1, evaluate: 12, histograms: 30 } });
    expect(await finish(undisturbed)).toBe(0);
    expectSame(await outcome(run), await outcome(undisturbed));
  });
});

describe('a hostile run folder', () => {
  it('whose lock names a living process of somebody else makes nobody signal that process', async () => {
    const run = await newRun();
    const { trainer: first } = await startPaused(run);
    const lock = JSON.parse(await readFile(run.lockPath, 'utf8')) as Record<string, unknown>;
    await kill(first);
    // Only now: of two that start within one tick of the clock the lock could mean either.
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const startTime = await processStartTime(bystander.pid!);
    await writeFile(run.lockPath, JSON.stringify({ ...lock, pid: bystander.pid }));
    expect(await finish(run)).toBe(0);
    expect(await processStartTime(bystander.pid!)).toBe(startTime);
    bystander.kill();
  });

  it('that carries the id of another run gets neither that run’s trainer nor one of its own', async () => {
    const run = await newRun({ training: { epochs: 100_000, batch: 16 } });
    const trainer = start(run);
    const client = await connectTo(run, trainer, 'controller');
    await reaches(client, 'running');
    client.dispose();
    const impostor = await newRun();
    await copyFile(run.recordPath, impostor.recordPath);

    await expect(connectTo(impostor, { ...trainer, exitCode: 0 } as ChildProcess, 'controller')).rejects.toThrow(
      `belongs to a run that trains in ${run.path}; this folder is a copy of it`,
    );
    expect(await finish(impostor)).toBe(1);
    expect((await impostor.readRecord()).failure?.message).toMatch(/same id is training already/);

    const again = await connectTo(run, trainer, 'controller');
    expect(again.state.status).toBe('running');
    await again.request('stop', { checkpoint: false });
    expect(await ended(trainer)).toBe(0);
  });
});
