import { access, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isEventFileName } from '../runs/eventLogName';
import { RECORD_FILE } from '../runs/recordName';
import { scanRuns } from '../runs/scan';
import { isFolder } from './targets';
import { UsageError } from './usageError';

/** A folder with event files, of ours or of another program. */
export interface LoggedRun {
  readonly name: string;
  readonly path: string;
}

/**
 * The runs that targets mean, each once, in their order: a run's folder, its name in the runs folder, or a folder of runs, which
 * stands for all of them, but for those that cannot be used, which `remark` is told of. Runs of one name are named by their paths.
 * Throws {@link UsageError} for a target without any.
 */
export async function loggedRuns(
  targets: readonly string[],
  runsFolder: string,
  remark: (words: string) => void,
): Promise<LoggedRun[]> {
  const found = new Map<string, LoggedRun>();
  for (const target of targets) {
    const folder = await folderOf(target, runsFolder);
    const runs = (await isLogged(folder))
      ? [{ name: path.basename(folder), path: folder }]
      : await inside(folder, remark);
    if (runs.length === 0)
      throw new UsageError(`${target} is no run and contains none: there are no event files in it.`);
    for (const run of runs) found.set(run.path, run);
  }
  const all = [...found.values()];
  return all.map((run) =>
    all.filter(({ name }) => name === run.name).length === 1 ? run : { ...run, name: run.path },
  );
}

async function folderOf(target: string, runsFolder: string): Promise<string> {
  for (const folder of [target, path.join(runsFolder, target)]) if (await isFolder(folder)) return realpath(folder);
  throw new UsageError(`There is no run "${target}", neither as a folder nor in ${runsFolder}.`);
}

async function isLogged(folder: string): Promise<boolean> {
  const recorded = access(path.join(folder, RECORD_FILE)).then(
    () => true,
    () => false,
  );
  return (await recorded) || (await readdir(folder)).some(isEventFileName);
}

async function inside(folder: string, remark: (words: string) => void): Promise<LoggedRun[]> {
  const listings = await scanRuns(folder);
  return listings.flatMap((listing) => {
    const { name, path: location } = listing;
    if (listing.kind !== 'problem') return [{ name, path: location }];
    remark(`${name} is left out: ${listing.problem}`);
    return [];
  });
}
