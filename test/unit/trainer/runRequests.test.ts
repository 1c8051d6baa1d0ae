import { describe, expect, it, vi } from 'vitest';
import { Deferred } from '../../../src/common/deferred';
import type { ControlRequest, Results } from '../../../src/protocol/control';
import type { RunRecord } from '../../../src/protocol/run';
import { Hyperparameters } from '../../../src/trainer/loop/hyperparameters';
import { PartialSteps } from '../../../src/trainer/loop/partialSteps';
import { trainingLoop } from '../../../src/trainer/loop/loop';
import { LoopControl } from '../../../src/trainer/loop/loopControl';
import { Followers } from '../../../src/trainer/requests/followers';
import { RunRequests, type RunRequestsParts } from '../../../src/trainer/requests/runRequests';
import type { LoadedRun } from '../../../src/trainer/start/prepare';

// A workbench of a fake run measures what the test says.
vi.mock('../../../src/trainer/workbench/measures', async (original) => ({
  ...(await original<object>()),
  evaluate: (workbench: { evaluate(...all: unknown[]): unknown }, ...rest: unknown[]) => workbench.evaluate(...rest),
}));

const NOTHING: Uint8Array = new Uint8Array(0);
const CLIENT = { send: () => undefined, closed: new Promise(() => undefined) };
const BETA = { title: 'β', value: 1, minimum: 0, maximum: 10 };

/** A run without a model: what its record and its checkpoint writer are asked to write is remembered. */
function fakeRun({ evaluate = () => Promise.resolve({}) }: { evaluate?: (...all: unknown[]) => unknown } = {}) {
  const written: unknown[] = [];
  const disk = { write: () => Promise.resolve() };
  const loaded = new Deferred<LoadedRun>();
  const ended = new Deferred<Results['stop']>();
  const control = new LoopControl({ paused: true });
  const state = { step: 0, epoch: 0 };
  const activities: (string | undefined)[] = [];
  const paces: (number | undefined)[] = [];
  const live = {
    current: state,
    update: (change: { activity?: string; pace?: number }) =>
      'pace' in change ? paces.push(change.pace) : activities.push(change.activity),
    during: (_activity: string, work: () => Promise<unknown>) => work(),
  };
  const record = {
    update: async ({ changes, partialSteps }: Partial<RunRecord>) => {
      await disk.write();
      written.push(...(changes ?? []));
      if (partialSteps) written.push(partialSteps);
    },
  };
  const session = { live, record } as unknown as RunRequestsParts['session'];
  const followers = new Followers();
  const requests = new RunRequests({
    ...{ session, publisher: { logs: [] }, control, followers },
    ...{ loaded: loaded.promise, ended: ended.promise },
  });
  const run = {
    hyperparameters: new Hyperparameters({ beta: BETA }, []),
    partialSteps: new PartialSteps(['discriminator', 'generator']),
    checkpoints: {
      write: (step: number, options: object) => Promise.resolve(`step ${step} ${JSON.stringify(options)}`),
    },
    workbench: {
      evaluate,
      model: { family: 'vae', presentation: { headline: { tag: 'a' }, panels: [] } },
      shape: { kind: 'image', shape: [1, 1, 1] },
      dataset: { test: { count: 32 } },
    },
  } as unknown as LoadedRun;
  const ask = async (method: ControlRequest['method'], parameters: object = {}) =>
    (await requests.answer({ type: 'request', id: 1, method, parameters } as ControlRequest, NOTHING, CLIENT)).value;
  const updates: number[] = [];
  const update = (step: number) => {
    updates.push(step);
    return {};
  };
  const start = (to = 10) => trainingLoop({ from: 0, to, update, onPause: () => Promise.resolve() }, control, []);
  return { control, loaded, ended, run, ask, start, updates, written, disk, activities, paces };
}

describe('requests to a run', () => {
  it('for its state, and to pause, are answered without a model', async () => {
    const { ask, start, control } = fakeRun();
    expect(await ask('state')).toEqual({ step: 0, epoch: 0 });
    const paused = ask('pause');
    const ended = start();
    expect(await paused).toEqual({ step: 0 });
    control.stop();
    await ended;
  });

  it('that change a hyperparameter are answered after the record is written, and hold from the next update on', async () => {
    const { ask, start, loaded, run, written, disk } = fakeRun();
    const writing = new Deferred<void>();
    disk.write = () => writing.promise;
    loaded.resolve(run);
    const ended = start();
    let answered = false;
    const set = ask('set', { name: 'beta', value: 4 }).finally(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answered).toBe(false);
    writing.resolve();
    expect(await set).toEqual({ step: 0, before: 1, after: 4 });
    expect(written).toEqual([{ step: 1, name: 'beta', before: 1, value: 4 }]);
    expect([run.hyperparameters.at(0), run.hyperparameters.at(1)]).toEqual([{ beta: 1 }, { beta: 4 }]);
    await expect(ask('set', { name: 'beta', value: 11 })).rejects.toMatchObject({ code: 'invalid' });
    await expect(ask('set', { name: 'gamma', value: 1 })).rejects.toMatchObject({ code: 'invalid' });
    expect(written).toHaveLength(1);
    void ask('stop').catch(() => undefined);
    await ended;
  });

  it('for steps of single phases are carried out one after another, each in the record before it is made', async () => {
    const { ask, start, loaded, run, written, updates, control } = fakeRun();
    loaded.resolve(run);
    const ended = start();
    const both = ['discriminator', 'generator'].map((phase) => ask('step', { count: 1, phase }));
    expect(await Promise.all(both)).toEqual([{ step: 1 }, { step: 2 }]);
    expect(updates).toEqual([0, 1]);
    expect(written).toEqual([
      [{ step: 1, phase: 'discriminator' }],
      [
        { step: 1, phase: 'discriminator' },
        { step: 2, phase: 'generator' },
      ],
    ]);
    expect([1, 2, 3].map((step) => run.partialSteps.phaseOf(step))).toEqual(['discriminator', 'generator', undefined]);
    await expect(ask('step', { count: 1, phase: 'critic' })).rejects.toThrow(
      'Its phases are: discriminator, generator.',
    );
    await expect(ask('step', { count: 2, phase: 'generator' })).rejects.toMatchObject({ code: 'invalid' });
    expect(await ask('step', { count: 1 })).toEqual({ step: 3 });
    control.stop();
    await ended;
  });

  it('to slow the run down are answered at once, and shown to everyone who watches', async () => {
    const { ask, control, paces } = fakeRun();
    control.resume();
    expect(await ask('pace', { stepsPerSecond: 4 })).toEqual({ step: 0, stepsPerSecond: 4 });
    expect(control.pace).toBe(4);
    await ask('pace', { stepsPerSecond: null });
    expect([control.pace, paces]).toEqual([undefined, [4, undefined]]);
  });

  it('for a checkpoint mark it as requested', async () => {
    const { ask, start, loaded, run, control } = fakeRun();
    loaded.resolve(run);
    const ended = start();
    expect(await ask('step', { count: 4 })).toEqual({ step: 4 });
    expect(await ask('checkpoint')).toEqual({ step: 4, file: 'step 4 {"requested":true}' });
    control.stop();
    await ended;
  });

  it('to stop are answered at the end, and decide whether a checkpoint is written', async () => {
    const { ask, start, ended, control, updates } = fakeRun();
    const stopped = ask('stop', { checkpoint: false });
    expect(await start()).toBe(0);
    expect([control.checkpointAtStop, updates]).toEqual([false, []]);
    control.stop(); // as a signal does, which has no opinion
    expect(control.checkpointAtStop).toBe(false);
    ended.resolve({ step: 0, checkpoint: null });
    expect(await stopped).toEqual({ step: 0, checkpoint: null });
  });

  it('to evaluate tell how far they are, and are given up when the run is stopped', async () => {
    const begun = new Deferred<void>();
    const evaluate = async (
      _hyperparameters: unknown,
      _count: unknown,
      onProgress: (done: number, of: number) => void,
    ) => {
      onProgress(8, 32);
      begun.resolve();
      await new Promise((resolve) => setTimeout(resolve, 5));
      onProgress(16, 32);
      return {};
    };
    const { ask, start, loaded, run, control, activities } = fakeRun({ evaluate: evaluate as never });
    loaded.resolve(run);
    const ended = start();
    const evaluated = ask('evaluate', { samples: 0 });
    const refused = expect(evaluated).rejects.toMatchObject({ code: 'ended' });
    await begun.promise;
    control.stop();
    await refused;
    expect(activities).toEqual(['evaluating, 8 of 32 images']);
    expect(await ended).toBe(0);
  });

  it('are rejected with the error that kept the run from loading', async () => {
    const { ask, loaded, control } = fakeRun();
    loaded.promise.catch(() => undefined);
    const waiting = [ask('describe'), ask('follow', { count: 1, every: 1 }), ask('sample', { count: 1 }), ask('step')];
    const outcomes = Promise.allSettled(waiting);
    const error = new Error('no data');
    control.cancel(error);
    loaded.reject(error);
    expect((await outcomes).map((outcome) => outcome.status === 'rejected' && (outcome.reason as unknown))).toEqual([
      error,
      error,
      error,
      error,
    ]);
  });
});
