import { access, readdir } from 'node:fs/promises';
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
 * stands for all of them. Throws {@link UsageError} for a target without any.
 */
export async function loggedRuns(targets: readonly string[], runsFolder: string): Promise<LoggedRun[]> {
  const found = new Map<string, LoggedRun>();
  for (const target of targets) {
    const folder = await folderOf(target, runsFolder);
    const runs = (await isLogged(folder)) ? [{ name: path.basename(folder), path: folder }] : await inside(folder);
    if (runs.length === 0)
      throw new UsageError(`${target} is no run and contains none: there are no event files in it.`);
    for (const run of runs) found.set(run.path, run);
  }
  return [...found.values()];
}

async function folderOf(target: string, runsFolder: string): Promise<string> {
  for (const folder of [target, path.join(runsFolder, target)]) if (await isFolder(folder)) return path.resolve(folder);
  throw new UsageError(`There is no run "${target}", neither as a folder nor in ${runsFolder}.`);
}

async function isLogged(folder: string): Promise<boolean> {
  const recorded = access(path.join(folder, RECORD_FILE)).then(
    () => true,
    () => false,
  );
  return (await recorded) || (await readdir(folder)).some(isEventFileName);
}

async function inside(folder: string): Promise<LoggedRun[]> {
  const listings = await scanRuns(folder);
  return listings.flatMap((listing) =>
    listing.kind === 'problem' ? [] : [{ name: listing.name, path: listing.path }],
  );
}
