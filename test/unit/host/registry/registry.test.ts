import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/host/registry/perform';
import { RunRegistry, type RegistryChange, type RegistryMove } from '../../../../src/host/registry/registry';
import type { RunFound } from '../../../../src/host/registry/registeredRun';
import { FakeLogs, FakeTrainers, FakeWatch, found, liveState, record, scalars, update } from '../support/runs';

const PATH = '/ws/runs/vae-mnist-001';
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the registry', () => {
  let disk: RunFound[];
  let logs: FakeLogs;
  let trainers: FakeTrainers;
  let trusted: boolean;
  let registry: RunRegistry;
  let changes: RegistryChange[];

  beforeEach(() => {
    disk = [found()];
    logs = new FakeLogs();
    trainers = new FakeTrainers();
    trusted = true;
    changes = [];
    registry = new RunRegistry({ logs, trainers, scan: () => Promise.resolve(disk), trusted: () => trusted });
    registry.onChange((change) => changes.push(change));
  });
  afterEach(() => registry.dispose());

  const refresh = async () => {
    await registry.refresh();
    await settled();
  };
  const only = () => registry.runs()[0]!;

  it('attaches to the trainer of a run that claims one, and follows what it says', async () => {
    const watch = new FakeWatch();
    trainers.watches.push(watch);
    await refresh();
    expect(only()).toMatchObject({ status: 'running', step: 60, evidence: 'Attached to process 4242.' });
    watch.tell(liveState({ status: 'paused', step: 61 }));
    expect(only()).toMatchObject({ status: 'paused', step: 61 });
    expect(changes.at(-1)).toEqual({ changed: [only().key], removed: [] });
  });

  it('tells a renamed folder from one that went and one that came, and keeps its color', async () => {
    const moves: RegistryMove[] = [];
    registry.onMove((move) => moves.push(move));
    const other = found({ path: '/ws/runs/other', record: record({ id: 'b'.repeat(32) }) });
    disk = [found(), other];
    await refresh();
    const before = registry.runs().find(({ key }) => registry.pathOf(key) === PATH)!;
    const path = `${PATH}-renamed`;
    disk = [found({ path }), other];
    await refresh();
    const [after] = registry.runs().filter(({ key }) => registry.pathOf(key) === path);
    expect(moves).toEqual([{ from: before.key, to: after!.key }]);
    expect(after!.color).toBe(before.color);
    // A copy is another run as long as the first is there.
    disk = [found({ path }), found({ path: `${PATH}-copy` }), other];
    await refresh();
    expect(moves).toHaveLength(1);
    expect(changes.at(-1)!.removed).toEqual([]);
  });

  it('takes one of two folders for the renamed one where a copy came at the same time', async () => {
    const moves: RegistryMove[] = [];
    registry.onMove((move) => moves.push(move));
    disk = [found()];
    await refresh();
    disk = [found({ path: `${PATH}-renamed` }), found({ path: `${PATH}-copy` })];
    await refresh();
    expect(moves).toHaveLength(1);
    const [first, second] = registry.runs();
    expect(first!.color).not.toBe(second!.color);
  });

  it('says what of a log cannot be read, once it was read, for a run of ours and for any other log', async () => {
    const damage = 'events.out.tfevents.1.x: the record at byte 0 has a length that fails its checksum.';
    const other: RunFound = { kind: 'foreign', name: 'other', path: '/ws/runs/other' };
    disk = [found({ record: record({ status: 'finished', notes: ['Noted.'] }), lock: undefined }), other];
    for (const { path } of disk) logs.snapshots.set(path, { ...update(path, []), problems: [damage] });
    await refresh();
    const notesOf = (path: string) => registry.runs().find(({ key }) => registry.pathOf(key) === path)!.notes;
    expect(notesOf(PATH)).toEqual(['Noted.', damage]);
    await registry.snapshot(registry.runs().find(({ name }) => name === 'other')!.key);
    expect(notesOf('/ws/runs/other')).toEqual([damage]);
    expect(changes.at(-1)!.changed).toHaveLength(1);
    const told = changes.length;
    logs.updates.fire({ ...update(PATH, []), problems: [damage] });
    expect(changes).toHaveLength(told);
  });

  it('shows a folder by no other name than it has: characters that turn text around are marked', async () => {
    disk = [found({ name: 'rtl-\u202egnp.exe' })];
    await refresh();
    expect(only().name).toBe('rtl-\ufffdgnp.exe');
  });

  it('asks the trainer for another value of a hyperparameter, and reads what was recorded', async () => {
    const hyperparameters = [{ name: 'beta', title: 'β', value: 1, minimum: 0, maximum: 10 }];
    disk = [found({ record: record({ hyperparameters }) })];
    trainers.watches.push(new FakeWatch());
    await refresh();
    const changed = record({ hyperparameters, changes: [{ step: 61, name: 'beta', before: 1, value: 4 }] });
    disk = [found({ record: { ...changed, updatedAt: '2026-01-01T00:00:01.000Z' } })];
    await registry.set(only().key, 'beta', 4);
    expect(trainers.asked).toContain(`set ${PATH} {"name":"beta","value":4}`);
    expect(registry.detail(only().key)?.hyperparameters[0]?.current).toBe(4);
    expect(registry.marks(only().key)).toEqual([{ step: 61, text: 'β 1 → 4' }]);
  });

  it('changes no hyperparameter in an untrusted workspace, or of a run that does not train', async () => {
    trainers.watches.push(new FakeWatch());
    await refresh();
    trusted = false;
    await expect(registry.set(only().key, 'beta', 4)).rejects.toMatchObject({ code: 'untrusted' });
    trusted = true;
    await expect(registry.set('gone', 'beta', 4)).rejects.toMatchObject({ code: 'gone' });
    disk = [found({ path: '/ws/runs/rests', record: record({ status: 'stopped' }), lock: undefined })];
    await refresh();
    await expect(registry.set(only().key, 'beta', 4)).rejects.toMatchObject({ code: 'unfitting' });
    expect(trainers.asked.filter((asked) => asked.startsWith('set'))).toEqual([]);
  });

  it('contacts no process for a run whose lock no live process holds', async () => {
    disk = [found({ lock: { state: 'free', evidence: 'No trainer holds its lock.' } })];
    await refresh();
    expect(trainers.asked).toEqual([]);
    expect(only().status).toBe('interrupted');
  });

  it('says why it could not attach, and tries again with the next look at the disk', async () => {
    trainers.watches.push(new Error('The trainer is silent.'), new FakeWatch());
    await refresh();
    expect(only().evidence).toContain('silent');
    expect(registry.uncertain).toBe(true);
    await refresh();
    expect(only().evidence).toContain('Attached');
    expect(registry.uncertain).toBe(false);
  });

  it('looks at the disk when a trainer ends, and shows what it left', async () => {
    const watch = new FakeWatch();
    trainers.watches.push(watch);
    await refresh();
    disk = [found({ record: record({ status: 'finished', step: 4690 }), lock: undefined })];
    watch.closes.fire('ended');
    await settled();
    expect(only()).toMatchObject({ status: 'finished', step: 4690, stepsPerSecond: null });
  });

  it('stays how the trainer left it until the disk has been looked at: what was found before says that it trains', async () => {
    const watch = new FakeWatch();
    trainers.watches.push(watch);
    await refresh();
    watch.tell(liveState({ status: 'stopped', step: 93 }));
    const seen: unknown[] = [];
    registry.onChange(() => seen.push([only().status, only().step]));
    disk = [found({ record: record({ status: 'stopped', step: 93, updatedAt: '2026-01-01T00:00:09.000Z' }) })];
    watch.closes.fire('ended');
    await settled();
    expect(seen.length).toBeGreaterThan(1);
    for (const each of seen) expect(each).toEqual(['stopped', 93]);
  });

  it('reads the log of a run while it is attached to it or someone looks, and not otherwise', async () => {
    const watch = new FakeWatch();
    trainers.watches.push(watch);
    await refresh();
    const lease = registry.openLog(only().key);
    expect(logs.reading).toEqual([PATH]);
    watch.closes.fire('ended');
    await settled();
    expect(logs.reading).toEqual([PATH]);
    lease.dispose();
    lease.dispose();
    expect(logs.reading).toEqual([]);
  });

  it('hands the bytes that a trainer appended to the decoder', async () => {
    const watch = new FakeWatch();
    trainers.watches.push(watch);
    await refresh();
    watch.logs.fire({ file: 'events.out.tfevents.1', offset: 40, bytes: new Uint8Array(7) });
    expect(logs.fed).toEqual([`${PATH} events.out.tfevents.1 40 7`]);
  });

  it('takes the headline from the log', async () => {
    await refresh();
    logs.updates.fire(update(PATH, [scalars('test/negative_elbo', 0, [120, 105])]));
    expect(only().headline).toEqual({ label: 'test −ELBO', value: 105, best: 105 });
  });

  it('takes the headline from what a view asks for: updates only continue it', async () => {
    trainers.watches.push(new FakeWatch());
    await refresh();
    logs.snapshots.set(PATH, update(PATH, [scalars('test/negative_elbo', 0, [120, 105])]));
    await registry.snapshot(only().key);
    expect(only().headline).toMatchObject({ value: 105, best: 105 });
    logs.snapshots.clear();
    logs.updates.fire(update(PATH, [scalars('test/negative_elbo', 2, [106])]));
    expect(only().headline).toMatchObject({ value: 106, best: 105 });
  });

  it('reads the log of a resting run once for its headline, and again when its record changed', async () => {
    const rest = (updatedAt: string) => found({ record: record({ status: 'finished', updatedAt }), lock: undefined });
    logs.snapshots.set(PATH, update(PATH, [scalars('test/negative_elbo', 0, [120, 105])]));
    disk = [rest('2026-01-02')];
    await refresh();
    expect(only().headline?.value).toBe(105);
    expect(logs.reading).toEqual([]);
    logs.snapshots.set(PATH, update(PATH, [scalars('test/negative_elbo', 0, [120, 105, 104])]));
    await refresh();
    expect(only().headline?.value).toBe(105);
    disk = [rest('2026-01-03')];
    await refresh();
    expect(only().headline?.value).toBe(104);
  });

  it('forgets runs that are gone from the disk, and closes their connections', async () => {
    const watch = new FakeWatch();
    trainers.watches.push(watch);
    await refresh();
    const { key } = only();
    disk = [];
    await refresh();
    expect(registry.runs()).toEqual([]);
    expect(changes.at(-1)).toEqual({ changed: [], removed: [key] });
    expect(watch.disposed).toBe(true);
    expect(logs.reading).toEqual([]);
  });

  it('never carries a connection over to a folder that holds another run now', async () => {
    const watch = new FakeWatch();
    trainers.watches.push(watch);
    await refresh();
    disk = [found({ record: record({ id: 'c'.repeat(32), status: 'stopped' }), lock: undefined })];
    await refresh();
    expect(watch.disposed).toBe(true);
    expect(only().status).toBe('stopped');
  });

  it('gives the newest run first, and the same colors after a reload', async () => {
    const at = (name: string, createdAt: string) =>
      found({
        name,
        path: `/ws/runs/${name}`,
        record: record({ name, createdAt, status: 'stopped' }),
        lock: undefined,
      });
    disk = [at('b', '2026-01-02'), at('a', '2026-01-03'), at('c', '2026-01-01')];
    await refresh();
    expect(registry.runs().map(({ name, color }) => [name, color])).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 0],
    ]);
  });

  it('shares one more scan among all who ask while one runs', async () => {
    let scans = 0;
    const counted = new RunRegistry({
      logs,
      trainers,
      trusted: () => true,
      scan: () => Promise.resolve(disk).finally(() => scans++),
    });
    await Promise.all([counted.refresh(), counted.refresh(), counted.refresh()]);
    expect(scans).toBe(2);
    counted.dispose();
  });

  describe('carries intents out', () => {
    it('as one request to the trainer of that very folder', async () => {
      trainers.watches.push(new FakeWatch());
      await refresh();
      expect(await registry.perform(only().key, 'pause')).toMatchObject({ step: 60 });
      expect(trainers.asked.at(-1)).toBe(`pause ${PATH} {}`);
    });

    it('by starting a trainer for a run that rests', async () => {
      disk = [found({ record: record({ status: 'finished' }), lock: undefined })];
      await refresh();
      await registry.perform(only().key, 'continue', { extendEpochs: 5 });
      expect(trainers.asked).toContain(`resume ${PATH} 5`);
    });

    it('never in an untrusted workspace', async () => {
      trainers.watches.push(new FakeWatch());
      await refresh();
      trusted = false;
      await expect(registry.perform(only().key, 'stop')).rejects.toThrow(ActionError);
      expect(trainers.asked).toEqual([`watch ${PATH}`]);
    });

    it('only where they make sense', async () => {
      trainers.watches.push(new FakeWatch());
      await refresh();
      await expect(registry.perform(only().key, 'resume')).rejects.toThrow(/nothing to resume/);
      await expect(registry.perform('unknown', 'stop')).rejects.toThrow(/no longer in its folder/);
    });
  });

  it('reads the headline again if points before the received ones are missing', async () => {
    trainers.watches.push(new FakeWatch());
    await refresh();
    const tag = record().presentation!.headline.tag;
    logs.snapshots.set(PATH, update(PATH, [scalars(tag, 0, [3, 2, 1])]));
    logs.updates.fire(update(PATH, [scalars(tag, 2, [1])]));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(only().headline).toMatchObject({ value: 1, best: 1 });
  });

  it('marks alerts among the changes, in the order of their steps', async () => {
    const alert = { name: 'a', title: 'Mode collapse', step: 5, cleared: 9, text: '', advice: '' };
    const changes = [{ step: 7, name: 'beta', before: 1, value: 4 }];
    disk = [found({ record: record({ changes, alerts: [alert] }) })];
    await refresh();
    expect(registry.marks(only().key)).toEqual([
      { step: 5, text: 'Mode collapse' },
      { step: 7, text: 'beta 1 → 4' },
      { step: 9, text: 'Mode collapse: over' },
    ]);
  });

  it('marks the changes of hyperparameters', async () => {
    disk = [found({ record: record({ changes: [{ step: 7, name: 'beta', before: 1, value: 4 }] }) })];
    await refresh();
    expect(registry.marks(only().key)).toEqual([{ step: 7, text: 'beta 1 → 4' }]);
  });
});
