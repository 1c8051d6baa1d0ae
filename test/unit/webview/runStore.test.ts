import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../src/protocol/views';
import { stepAt, xOfStep } from '../../../webview/shared/axis';
import { RunStore, type RunsMessage } from '../../../webview/shared/runStore';

const summary = (key: string, change: Partial<RunSummary> = {}): RunSummary => ({
  key,
  name: key,
  status: 'running',
  evidence: '',
  step: 0,
  totalSteps: 0,
  stepsPerEpoch: 10,
  epoch: 0,
  stepsPerSecond: null,
  secondsLeft: null,
  notes: [],
  color: 0,
  intents: [],
  inspections: [],
  ...change,
});

const message = (type: 'snapshot' | 'delta', change: Partial<RunsMessage> = {}): RunsMessage =>
  ({
    type,
    sequence: 1,
    runs: [],
    removed: [],
    scalars: [],
    images: [],
    histograms: [],
    tensors: [],
    marks: [],
    details: [],
    complete: true,
    ...change,
  }) as RunsMessage;

const points = (run: string, start: number, values: readonly number[]) => {
  const column = Float64Array.from(values);
  const steps = column.map((_, i) => (start + i) * 5);
  return { run, series: [{ tag: 'loss', start, steps, walls: steps.map((step) => 1000 + step / 2), values: column }] };
};

describe('the runs of a view', () => {
  it('grow by deltas', () => {
    const store = new RunStore();
    store.apply(message('snapshot', { runs: [summary('a')], scalars: [points('a', 0, [1, 2])] }));
    store.apply(message('delta', { scalars: [points('a', 2, [3])] }));
    expect([...store.get('a')!.series.get('loss')!.values]).toEqual([1, 2, 3]);
  });

  it('are replaced by a snapshot', () => {
    const store = new RunStore();
    store.apply(
      message('snapshot', { runs: [summary('a')], scalars: [points('a', 0, [1, 2])], lookOnly: 'Not trusted.' }),
    );
    store.apply(message('snapshot', { runs: [summary('b')] }));
    expect([store.runs.map((run) => run.summary.key), store.lookOnly]).toEqual([['b'], undefined]);
  });

  it('ask for a snapshot when points are missing, and take the rest of the message in', () => {
    const store = new RunStore();
    store.apply(message('snapshot', { runs: [summary('a')] }));
    const problem = store.apply(
      message('delta', { runs: [summary('a', { step: 7 })], scalars: [points('a', 5, [1])] }),
    );
    expect([problem, store.get('a')!.summary.step]).toEqual([expect.stringContaining('missing'), 7]);
  });

  it('go when they are removed, and deltas for them are nothing', () => {
    const store = new RunStore();
    store.apply(message('snapshot', { runs: [summary('a')] }));
    store.apply(message('delta', { removed: ['a'] }));
    expect(store.apply(message('delta', { scalars: [points('a', 0, [1])] }))).toBeUndefined();
    expect(store.runs).toEqual([]);
  });

  it('find the step at a place of each axis, and back', () => {
    const store = new RunStore();
    store.apply(message('snapshot', { runs: [summary('a')], scalars: [points('a', 0, [1, 2, 3, 4, 5])] }));
    const run = store.get('a')!;
    for (const axis of ['step', 'epoch', 'time'] as const) {
      const transform = run.transform(axis)!;
      const x = xOfStep(transform, run, 15)!;
      expect(x).toBeCloseTo({ step: 15, epoch: 1.5, time: 7.5 }[axis]);
      expect(stepAt(transform, run, x)).toBeCloseTo(15);
    }
    expect(new RunStore().get('a')).toBeUndefined();
  });

  it('have no epochs where the log does not say how long one is', () => {
    const store = new RunStore();
    store.apply(message('snapshot', { runs: [summary('a', { stepsPerEpoch: 0 })], scalars: [points('a', 0, [1])] }));
    expect(store.get('a')!.transform('epoch')).toBeUndefined();
  });
});
