import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunFound } from '../../../../src/host/registry/registeredRun';
import { RunRegistry } from '../../../../src/host/registry/registry';
import { ViewSession } from '../../../../src/host/views/session';
import type { LogUpdate } from '../../../../src/protocol/logs';
import type { HostToView, RunChoice } from '../../../../src/protocol/views';
import { FakeLogs, FakeTrainers, FakeWatch, found, liveState, record, scalars, update } from '../support/runs';

const PATH = '/ws/runs/vae-mnist-001';
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a view session', () => {
  let logs: FakeLogs;
  let watch: FakeWatch;
  let registry: RunRegistry;
  let posted: HostToView[];
  let shown: string[];
  let session: ViewSession;
  let key: string;
  let runs: RunFound[];

  beforeEach(async () => {
    logs = new FakeLogs();
    logs.snapshots.set(PATH, update(PATH, [scalars('train/loss', 0, [3, 2, 1])]));
    runs = [found()];
    watch = new FakeWatch();
    const trainers = new FakeTrainers([watch]);
    registry = new RunRegistry({ logs, trainers, scan: () => Promise.resolve(runs), trusted: () => true });
    await registry.refresh();
    await settled();
    key = registry.keyOf(PATH);
    posted = [];
    shown = [key];
    session = new ViewSession({ registry, shows: () => shown, lookOnly: () => undefined, post: (m) => posted.push(m) });
  });
  afterEach(() => {
    session.dispose();
    registry.dispose();
  });

  const last = () => posted.at(-1)! as Extract<HostToView, { type: 'snapshot' | 'delta' }>;
  const points = (message: HostToView) =>
    message.type !== 'snapshot' && message.type !== 'delta'
      ? []
      : message.scalars.flatMap(({ series }) => series.flatMap(({ values }) => [...values]));
  const start = async () => {
    session.ready();
    await settled();
    session.acknowledge(last().sequence);
    await settled();
  };

  it('sends nothing before the view is ready', async () => {
    watch.tell(liveState({ step: 61 }));
    await settled();
    expect(posted).toEqual([]);
  });

  it('answers ready with the runs at once, and then with their series', async () => {
    session.ready();
    expect(posted).toMatchObject([{ type: 'snapshot', runs: [{ key, status: 'running' }] }]);
    await settled();
    session.acknowledge(last().sequence);
    expect(last()).toMatchObject({ type: 'delta' });
    expect(points(last())).toEqual([3, 2, 1]);
  });

  it('tells what the record says once, and again when it says something else', async () => {
    await start();
    const details = () =>
      posted.flatMap((message) => (message.type === 'delta' || message.type === 'snapshot' ? message.details : []));
    expect(details()).toMatchObject([{ run: key, detail: { specification: { model: { family: 'vae' } } } }]);
    watch.tell(liveState({ step: 99 }));
    session.acknowledge(last().sequence);
    expect(details()).toHaveLength(1);
    watch.tell(liveState({ status: 'stopping' }));
    session.acknowledge(last().sequence);
    expect(details()).toHaveLength(2);
    expect(details()[1]!.detail.fixed).toContain('stopped');
  });

  it('tells a view that overlays runs which there are, where they changed', async () => {
    const choices = [{ key, name: 'a', status: 'running', color: 0, shown: true }] as const;
    let offered: readonly RunChoice[] = choices;
    const post = (message: HostToView) => posted.push(message);
    const panel = new ViewSession({
      registry,
      shows: () => [],
      choices: () => offered,
      lookOnly: () => undefined,
      post,
    });
    panel.ready();
    expect(last().choices).toEqual(choices);
    panel.acknowledge(last().sequence);
    const before = posted.length;
    panel.reselect();
    expect(posted.length).toBe(before);
    offered = [];
    panel.reselect();
    expect(last().choices).toEqual([]);
    panel.dispose();
  });

  it('waits for the acknowledgement, and then sends what came meanwhile as one message', async () => {
    await start();
    const before = posted.length;
    logs.updates.fire(update(PATH, [scalars('train/loss', 3, [0.9])]));
    logs.updates.fire(update(PATH, [scalars('train/loss', 4, [0.8])]));
    watch.tell(liveState({ step: 99 }));
    expect(posted.length).toBe(before);
    session.acknowledge(last().sequence);
    expect(posted.length).toBe(before + 1);
    expect(points(last())).toEqual([0.9, 0.8]);
    expect(last().runs).toMatchObject([{ step: 99 }]);
  });

  it('is not let on by an acknowledgement of an older message', async () => {
    await start();
    const waitingFor = last().sequence;
    logs.updates.fire(update(PATH, [scalars('train/loss', 3, [0.9])]));
    session.acknowledge(waitingFor - 1);
    expect(last().sequence).toBe(waitingFor);
  });

  it('drops updates that the snapshot already holds', async () => {
    session.ready();
    logs.updates.fire(update(PATH, [scalars('train/loss', 1, [2])]));
    await settled();
    session.acknowledge(last().sequence);
    expect(points(last())).toEqual([3, 2, 1]);
  });

  it('requests the whole log again if points between updates are missing', async () => {
    await start();
    logs.snapshots.set(PATH, update(PATH, [scalars('train/loss', 0, [3, 2, 1, 0.9, 0.8])]));
    logs.updates.fire(update(PATH, [scalars('train/loss', 3, [0.9])]));
    logs.updates.fire(update(PATH, [scalars('train/loss', 4, [0.8])]));
    logs.updates.fire(update(PATH, [scalars('train/loss', 9, [0.1])]));
    await settled();
    session.acknowledge(last().sequence);
    expect(points(last())).toEqual([3, 2, 1, 0.9, 0.8]);
  });

  it('shows what comes after a log service that went down has come up again', async () => {
    logs.snapshot = () => Promise.reject(new Error('The log service ended.'));
    await start();
    session.acknowledge(last().sequence);
    logs.updates.fire(update(PATH, [scalars('train/loss', 0, [3, 2, 1, 0.9])]));
    expect(points(last())).toEqual([3, 2, 1, 0.9]);
  });

  it('reads and sends nothing while the view is hidden', async () => {
    await start();
    session.suspend();
    const before = posted.length;
    logs.updates.fire(update(PATH, [scalars('train/loss', 3, [0.9])]));
    watch.tell(liveState({ step: 99 }));
    watch.closes.fire('ended');
    await settled();
    expect(posted.length).toBe(before);
    expect(logs.reading).toEqual([]);
  });

  it('starts over when the view is ready again', async () => {
    await start();
    session.ready();
    await settled();
    expect(last().type).toBe('snapshot');
    session.acknowledge(last().sequence);
    expect(points(last())).toEqual([3, 2, 1]);
  });

  it('starts over when told to, but not while the view is hidden', async () => {
    await start();
    session.restart();
    expect(last().type).toBe('snapshot');
    session.suspend();
    const before = posted.length;
    session.restart();
    expect(posted.length).toBe(before);
  });

  it('removes a run that is no longer shown, and shows it again when it is', async () => {
    await start();
    session.acknowledge(last().sequence);
    shown = [];
    session.reselect();
    expect(last().removed).toEqual([key]);
    session.acknowledge(last().sequence);
    shown = [key];
    session.reselect();
    await settled();
    session.acknowledge(last().sequence);
    expect(points(last())).toEqual([3, 2, 1]);
  });

  it('says with which message the view has all that is known', async () => {
    session.ready();
    await settled();
    session.acknowledge(last().sequence);
    expect(posted.map((message) => 'complete' in message && message.complete)).toEqual([false, true]);
  });

  it('says that nothing more is to come where a log cannot be read', async () => {
    logs.snapshot = () => Promise.reject(new Error('The log of it is not open.'));
    session.ready();
    await settled();
    session.acknowledge(last().sequence);
    expect(last()).toMatchObject({ type: 'delta', complete: true, scalars: [] });
  });

  it('sends thousands of series in bounded messages, a few at a time, each of them once', async () => {
    const tags = Array.from({ length: 8_200 }, (_, i) => `latent/kl/${i}`);
    logs.snapshots.set(
      PATH,
      update(
        PATH,
        tags.map((tag) => scalars(tag, 0, [1, 2])),
      ),
    );
    const deltas = () => posted.flatMap((message) => (message.type === 'delta' ? [message] : []));
    await start();
    await settled();
    expect(deltas()).toHaveLength(3);
    while (!last().complete) {
      session.acknowledge(last().sequence);
      await settled();
    }
    const series = deltas().map((message) => message.scalars.flatMap((each) => each.series));
    expect(Math.max(...series.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
    expect(series.flat().map(({ tag }) => tag)).toEqual(tags);
  });

  it('shows a run whose log comes to be known only after the view asked for it', async () => {
    const other = found({ path: '/ws/runs/other', name: 'other', record: record({ id: 'c'.repeat(32) }) });
    logs.snapshots.set(other.path, update(other.path, [scalars('t', 0, [7])]));
    shown = [key, registry.keyOf(other.path)];
    await start();
    runs.push(other);
    await registry.refresh();
    await settled();
    session.acknowledge(last().sequence);
    await settled();
    session.acknowledge(last().sequence);
    expect(posted.flatMap(points)).toContain(7);
  });

  it('sends of a log what the view shows', async () => {
    const part = (_: unknown, whole: LogUpdate) => ({ ...whole, scalars: whole.scalars.slice(1) });
    session.dispose();
    session = new ViewSession({
      registry,
      shows: () => shown,
      lookOnly: () => undefined,
      post: (m) => posted.push(m),
      part,
    });
    logs.snapshots.set(PATH, update(PATH, [scalars('hidden', 0, [1]), scalars('shown', 0, [2])]));
    await start();
    expect(posted.flatMap(points)).toEqual([2]);
    logs.updates.fire(update(PATH, [scalars('hidden', 1, [3]), scalars('shown', 1, [4])]));
    session.acknowledge(last().sequence);
    expect(posted.flatMap(points)).toEqual([2, 4]);
  });

  it('says that an intent is over without waiting for an acknowledgement, to a view that is there', async () => {
    await start();
    logs.updates.fire(update(PATH, [scalars('train/loss', 3, [0.9])]));
    session.acted('continue');
    expect(posted.at(-1)).toMatchObject({ type: 'acted', intent: 'continue' });
    session.suspend();
    const before = posted.length;
    session.acted('continue');
    expect(posted.length).toBe(before);
  });

  it('answers requests for images without waiting for an acknowledgement', async () => {
    await start();
    logs.updates.fire(update(PATH, [scalars('train/loss', 3, [0.9])]));
    await expect(session.image(key, 'samples', 100)).rejects.toMatchObject({ code: 'absent' });
  });

  it('tells which steps of images, histograms and tensors there are, and gives their values on request', async () => {
    await start();
    const steps = Float64Array.of(1, 2);
    const located = {
      images: [{ tag: 'i', steps }],
      histograms: [{ tag: 'h', steps }],
      tensors: [{ tag: 't', steps }],
    };
    logs.updates.fire({ ...update(PATH, []), ...located });
    session.acknowledge(posted.at(-1)!.sequence);
    for (const [kind, tag] of [
      ['images', 'i'],
      ['histograms', 'h'],
      ['tensors', 't'],
    ] as const) {
      const told = posted.flatMap((message) => (message.type === 'delta' ? message[kind] : []));
      expect(told).toEqual([{ run: key, tag, steps }]);
    }
    const tensor = { step: 2, shape: [1], values: Float32Array.of(7) };
    logs.tensors.set(`${PATH} t 2`, tensor);
    expect(await session.tensor(key, 't', 2)).toBe(tensor);
    await expect(session.tensor(key, 't', 1)).rejects.toMatchObject({ code: 'absent' });
    const sample = { step: 2, limits: Float64Array.of(0, 1), counts: Float64Array.of(3) };
    logs.samples.set(`${PATH} h`, [sample]);
    const { signal } = new AbortController();
    expect(await session.histograms(key, 'h', 2, signal)).toEqual([sample]);
    expect(logs.signal).toBe(signal);
  });
});
