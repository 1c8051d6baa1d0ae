import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { earlierRuns, outcomeOf, tensorDigests } from '../support/earlierRuns';
import { workspaceWithPrograms } from '../support/trainers';

const made = workspaceWithPrograms();

const VERSION = '0.1.0';
const runs = (await readdir(path.join(earlierRuns, VERSION), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(runs)(`the run "%s" of version ${VERSION}`, (run) => {
  it('evaluates, samples, encodes and resumes as it did, bit for bit', async () => {
    const expected = JSON.parse(await readFile(path.join(earlierRuns, VERSION, 'expected.json'), 'utf8')) as object;
    const folder = await mkdtemp(path.join(made.workspace.folder, 'resumed-'));
    expect({ [run]: await outcomeOf(made.programs.cli, VERSION, run, folder) }).toEqual({
      [run]: new Map(Object.entries(expected)).get(run),
    });
  }, 120_000);

  it('can be branched: the branch ends where the run did', async () => {
    const folder = await mkdtemp(path.join(made.workspace.folder, 'branched-'));
    const original = path.join(folder, run);
    await cp(path.join(earlierRuns, VERSION, run), original, { recursive: true });
    const first = path.join(original, 'checkpoints', 'step-00000006.safetensors');
    const parameters = ['resume', '--from', first, '--name', 'branch', '--runs', folder];
    await promisify(execFile)(process.execPath, [made.programs.cli, ...parameters], { cwd: folder });
    const last = path.join('checkpoints', 'step-00000012.safetensors');
    expect(await tensorDigests(path.join(folder, 'branch', last))).toEqual(
      await tensorDigests(path.join(original, last)),
    );
  }, 120_000);
});
