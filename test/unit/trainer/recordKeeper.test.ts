import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRun } from '../../../src/runs/directory';
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
