import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePrograms } from '../support/bundles';
import { earlierRuns, outcomeOf, tensorDigests } from '../support/earlierRuns';
import { createWorkspace, type Workspace } from '../support/workspace';

let workspace: Workspace;
let programs: Awaited<ReturnType<typeof bundlePrograms>>;

beforeAll(async () => {
  workspace = await createWorkspace();
  programs = await bundlePrograms();
});
afterAll(async () => {
  await workspace.remove();
  await programs.remove();
});

const VERSION = '0.1.0';
const runs = (await readdir(path.join(earlierRuns, VERSION), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(runs)(`the run "%s" of version ${VERSION}`, (run) => {
  it('evaluates, samples, encodes and resumes as it did, bit for bit', async () => {
    const expected = JSON.parse(await readFile(path.join(earlierRuns, VERSION, 'expected.json'), 'utf8')) as object;
    const folder = await mkdtemp(path.join(workspace.folder, 'resumed-'));
    expect({ [run]: await outcomeOf(programs.cli, VERSION, run, folder) }).toEqual({
      [run]: new Map(Object.entries(expected)).get(run),
    });
  }, 120_000);

  it('can be branched: the branch ends where the run did', async () => {
    const folder = await mkdtemp(path.join(workspace.folder, 'branched-'));
    const original = path.join(folder, run);
    await cp(path.join(earlierRuns, VERSION, run), original, { recursive: true });
    const first = path.join(original, 'checkpoints', 'step-00000006.safetensors');
    const parameters = ['resume', '--from', first, '--name', 'branch', '--runs', folder];
    await promisify(execFile)(process.execPath, [programs.cli, ...parameters], { cwd: folder });
    const last = path.join('checkpoints', 'step-00000012.safetensors');
    expect(await tensorDigests(path.join(folder, 'branch', last))).toEqual(
      await tensorDigests(path.join(original, last)),
    );
  }, 120_000);
});
