import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** More runs than this are left to the file watcher. */
const MOST_RUNS = 2_000;

/**
 * Notices that some run.json came, changed or went, without reading any: for disks on which file watching does not work
 * (network shares), and changes that a watcher lost.
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
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names.slice(0, MOST_RUNS).map(async (name) => [
      name,
      await stat(path.join(folder, name, 'run.json')).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    ]),
  );
}
