import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** More runs than this are left to the file watcher. */
const MOST_RUNS = 2_000;

/**
 * Notices that some run.json came, changed or went, without reading any: for disks on which file watching does not work
 * (network shares), and changes that a watcher lost. Also that files came or went in folders that are no runs, where other
 * programs write logs that nobody watches.
 */
export class ChangeProbe {
  private signature: string | undefined;

  /** Whether anything differs from the last look; the first look finds nothing changed. */
  async changed(folders: readonly string[]): Promise<boolean> {
    const signature = JSON.stringify(await Promise.all(folders.map(look)));
    const changed = this.signature !== undefined && signature !== this.signature;
    this.signature = signature;
    return changed;
  }
}

async function look(folder: string): Promise<unknown> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return Promise.all(
    entries.slice(0, MOST_RUNS).map(async (entry) => {
      const location = path.join(folder, entry.name);
      const time = await changeTime(path.join(location, 'run.json'));
      return [entry.name, time, time === 0 && entry.isDirectory() ? await timesWithin(location) : []];
    }),
  );
}

/** A folder's time tells which files are in it; that they grow is for those who show them. */
async function timesWithin(folder: string): Promise<number[]> {
  const { foldersBelow } = await import('../../runs/scan');
  const times = [await changeTime(folder)];
  for await (const below of foldersBelow(folder)) times.push(await changeTime(below.path));
  return times;
}

function changeTime(location: string): Promise<number> {
  return stat(location).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}
