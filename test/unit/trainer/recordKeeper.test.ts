import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../../src/protocol/run';
import { createRun, type RunDirectory } from '../../../src/runs/directory';
import { RunError } from '../../../src/runs/error';
import { moveNote, RecordKeeper } from '../../../src/trainer/run/recordKeeper';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

const MOVES = Array.from({ length: 40 }, (_, at) => moveNote(`/runs/a-${at}`, `/runs/a-${at + 1}`, 100 + at));
/** What people write into run.json, also about the same thing. */
const OURS = ['The folder of the run was renamed from a to b since b is what the paper calls it.', 'Seed of table 2.'];

describe('the notes of a record', () => {
  it('keep the newest few renames of the folder, and all else, in order', async () => {
    const run = await createRun(workspace.runs, tinySpecification(workspace));
    await run.writeRecord({ ...(await run.readRecord()), notes: [OURS[0]!, ...MOVES.slice(0, 20), OURS[1]!] });
    const keeper = new RecordKeeper(run, await run.readRecord());
    for (const note of MOVES.slice(20)) await keeper.note(note);
    const { notes } = await run.readRecord();
    expect(notes).toEqual([...OURS, ...MOVES.slice(-5)]);
    await keeper.note('The checkpoint is damaged.');
    await keeper.note(notes.at(-1)!);
    expect((await run.readRecord()).notes).toEqual([...notes, 'The checkpoint is damaged.']);
  });
});

describe('an update of a record', () => {
  it('is on disk when it resolves, and is undone when it cannot be a record', async () => {
    const run = await createRun(workspace.runs, tinySpecification(workspace));
    const keeper = new RecordKeeper(run, await run.readRecord());
    await keeper.update({ status: 'running', step: 4 });
    expect(await run.readRecord()).toMatchObject({ status: 'running', step: 4 });
    await expect(keeper.update({ step: -1 })).rejects.toThrow(RunError);
    expect(keeper.current.step).toBe(4);
    await keeper.update({ status: 'stopped' });
    expect(await run.readRecord()).toMatchObject({ status: 'stopped', step: 4 });
  });

  it('stays to be written with the next when the disk was full', async () => {
    const { keeper, written, disk } = fakeKeeper();
    disk.error = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    await expect(keeper.update({ status: 'running' })).rejects.toThrow('ENOSPC');
    disk.error = undefined;
    await keeper.update({ step: 1 });
    expect(written).toEqual([{ status: 'running', step: 1, epoch: 0 }]);
  });
});

describe('progress', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is written every few seconds only, with the newest step', async () => {
    const { keeper, written } = fakeKeeper();
    await keeper.update({ status: 'running' });
    for (let step = 1; step <= 100; step++) {
      keeper.progress(step, step / 10);
      vi.advanceTimersByTime(100);
      await keeper.settled();
    }
    expect(written.slice(1).map(({ step }) => step)).toEqual([51]);
    expect(keeper.current).toMatchObject({ step: 100, epoch: 10 });
  });

  it('is not queued behind a disk that takes its time', async () => {
    const { keeper, written, disk } = fakeKeeper();
    let finish = (): void => undefined;
    disk.wait = new Promise((resolve) => (finish = resolve));
    vi.advanceTimersByTime(1);
    for (let step = 1; step <= 3; step++) {
      keeper.progress(step, 0);
      vi.advanceTimersByTime(10_000);
    }
    finish();
    await keeper.settled();
    expect(written).toHaveLength(1);
    keeper.progress(4, 0);
    await keeper.settled();
    expect(written.map(({ step }) => step)).toEqual([1, 4]);
  });

  it('that could not be written ends the run at its next step', async () => {
    const { keeper, disk } = fakeKeeper();
    disk.error = new Error('EIO');
    vi.advanceTimersByTime(1);
    keeper.progress(1, 0);
    await keeper.settled();
    expect(() => keeper.progress(2, 0)).toThrow('EIO');
  });
});

/** A keeper of a record on a disk that can be slow or fail. */
function fakeKeeper() {
  const written: Partial<RunRecord>[] = [];
  const disk: { error?: Error; wait?: Promise<void> } = {};
  const run = {
    writeRecord: async ({ status, step, epoch }: RunRecord) => {
      await disk.wait;
      if (disk.error !== undefined) throw disk.error;
      written.push({ status, step, epoch });
    },
  };
  const record = { status: 'created', step: 0, epoch: 0, notes: [] } as unknown as RunRecord;
  return { keeper: new RecordKeeper(run as unknown as RunDirectory, record), written, disk };
}
