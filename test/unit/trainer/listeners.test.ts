import { describe, expect, it, vi } from 'vitest';
import { listenersOf } from '../../../src/trainer/events/listeners';
import type { Losses } from '../../../src/trainer/loop/loop';

// A workbench of a fake run measures what the test says.
vi.mock('../../../src/trainer/workbench/measures', async (original) => ({
  ...(await original<object>()),
  evaluate: (workbench: { evaluate(...all: unknown[]): unknown }, ...rest: unknown[]) => workbench.evaluate(...rest),
}));

type Parts = Parameters<typeof listenersOf>[0];

/** Listeners of a run of 12 steps, four an epoch, whose parts remember what they are told. */
function fakeParts(
  logging: object = {},
  metrics: Losses | undefined = { 'test/loss': 0.5 },
  alert?: (step: number) => Promise<void>,
  control: Partial<Parts['control']> = {},
) {
  const logged: [number, string[]][] = [];
  const order: string[] = [];
  const notes: string[] = [];
  const shown: Record<string, number> = {};
  const summary = {
    ...{ tag: 'points/samples', due: 'images', functions: [] },
    *draw() {
      yield;
      return { kind: 'tensor', shape: [1, 2], values: Float32Array.of(1, 2) } as const;
    },
  };
  const variables = [{ name: 'w' }, { name: 'average', trained: false }];
  const parts = {
    totalSteps: 12,
    workbench: {
      stepsPerEpoch: 4,
      specification: {
        logging: { scalars: 100, images: 100, evaluate: 100, histograms: 100, ...logging },
        checkpoints: { every: 100, keepBest: { metric: 'test/elbow', mode: 'min' } },
      },
      model: { summaries: [summary], program: { variables } },
      runner: { readState: () => new Map(variables.map(({ name }) => [name, { data: Float32Array.of(1) }])) },
      evaluate: () => Promise.resolve(metrics),
    },
    hyperparameters: { at: () => ({}), learningRates: () => ({ learning_rate: 0.1 }) },
    log: {
      scalars: (step: number, values: Losses) => logged.push([step, Object.keys(values)]),
      histogram: (tag: string, step: number) => logged.push([step, [tag]]),
      tensor: (tag: string, step: number) => logged.push([step, [tag]]),
    },
    alerts: { measured: (step: number) => alert?.(step) },
    live: {
      update: () => undefined,
      measured: (values: Losses) => Object.assign(shown, values),
      during: (_activity: string, work: () => Promise<unknown>) => work(),
    },
    record: { progress: () => order.push('progress'), note: (text: string) => Promise.resolve(notes.push(text)) },
    speed: { tick: () => undefined, interrupt: () => undefined, stepsPerSecond: 1, secondsFor: () => 0 },
    checkpoints: {
      measured: () => order.push('measured'),
      write: (step: number) => Promise.resolve(void order.push(`checkpoint ${step}`)),
    },
    sendLatents: () => void order.push('latents'),
    control,
  };
  const listeners = listenersOf(parts as unknown as Parts);
  const step = async (number: number, losses: Losses = { loss: number }) => {
    for (const listener of listeners) await listener(number, losses);
  };
  return { step, logged, order, notes, shown };
}

describe('what is logged after a step', () => {
  it('is the scalars of the first step, of every n-th and of the last, with the scheduled learning rates', async () => {
    const { step, logged } = fakeParts({ scalars: 5 }, undefined);
    for (let number = 1; number <= 11; number++) await step(number);
    expect(logged).toEqual(
      [1, 5, 10].map((number) => [number, ['train/loss', 'train/learning_rate', 'speed/steps_per_second']]),
    );
    await step(12);
    expect(logged.some(([number, tags]) => number === 12 && tags.includes('train/loss'))).toBe(true);
  });

  it('holds the newest value of a phase that was not due in the logged step', async () => {
    const { step, logged } = fakeParts({ scalars: 2 });
    await step(1, { 'critic/loss': 1, 'generator/loss': 2 });
    await step(2, { 'critic/loss': 3 });
    expect(logged[1]![1]).toEqual(expect.arrayContaining(['train/critic/loss', 'train/generator/loss']));
  });

  it('is a histogram of each trained variable at the end of an epoch, of no average', async () => {
    const { step, logged } = fakeParts({ histograms: 'epoch' });
    for (const number of [3, 4, 5]) await step(number);
    expect(logged).toEqual([[4, ['weights/w']]]);
  });
});

describe('a step that somebody looks at', () => {
  it('has its scalars and pictures logged whatever the rules say, and is none that alerts count', async () => {
    const measured: number[] = [];
    const control = { looksAt: false };
    const alert = (step: number) => Promise.resolve(void measured.push(step));
    const { step, logged } = fakeParts({}, undefined, alert, control);
    await step(1);
    await step(2);
    control.looksAt = true;
    await step(3);
    expect(logged.map(([number, [first]]) => [number, first])).toEqual([
      [1, 'train/loss'],
      [3, 'train/loss'],
      [3, 'points/samples'],
    ]);
    expect(measured).toEqual([1]);
  });

  it('has no pictures once thousands were logged, as of a run that was slowed down and forgotten', async () => {
    const control = { looksAt: true, pace: 1 as number | undefined };
    const { step, logged } = fakeParts({ images: 1_000_000 }, undefined, undefined, control);
    for (let number = 13; number < 13 + 2_010; number++) await step(number);
    const pictures = () => logged.filter(([, [tag]]) => tag === 'points/samples');
    expect(pictures()).toHaveLength(2_000);
    // Those of a step that is made by hand still come.
    control.pace = undefined;
    await step(2_023);
    expect(pictures()).toHaveLength(2_001);
  });
});

describe('the end of a step', () => {
  it('evaluates before it writes a checkpoint, so that the best can be kept', async () => {
    const { step, order, shown } = fakeParts();
    await step(12);
    expect(order).toEqual(['progress', 'latents', 'measured', 'checkpoint 12']);
    expect(shown).toEqual({ 'train/loss': 12, 'test/loss': 0.5 });
  });

  it('notes a metric to keep the best by that the evaluation does not give', async () => {
    const { step, notes } = fakeParts();
    await step(12);
    expect(notes).toEqual(['checkpoints.keepBest has no effect: the evaluation gives no "test/elbow", but test/loss.']);
  });

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])(
    'ends the run for a loss of %s before anything is written',
    async (loss) => {
      const { step, order, logged } = fakeParts();
      await expect(async () => step(12, { loss })).rejects.toMatchObject({
        failure: { kind: 'not-a-number', step: 12 },
      });
      expect([order, logged]).toEqual([[], []]);
    },
  );
});
