import { lstat, opendir, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { plural } from '../common/plural';
import { errorCode, errorMessage, reasonOf, RunError } from './error';
import { isEventFileName } from './eventLogName';
import { printable } from './printable';
import type { readRecordFile } from './record';
import { RECORD_FILE } from './recordName';
import type { RunRecord } from '../protocol/run';

/** What a folder among the runs is. Its name is as on disk: it may hold anything that a file name may. */
export type RunListing = { readonly name: string; readonly path: string } & (
  | { readonly kind: 'run'; readonly record: RunRecord }
  /** Event files of another program; nothing else is known. */
  | { readonly kind: 'foreign' }
  /** An unusable run; `problem` is a sentence for users. A `link` may lead anywhere: nothing below it is read. */
  | { readonly kind: 'problem'; readonly problem: string; readonly link?: true }
);

const MAX_RUNS = 10_000;
/** Names are held before any is looked at. */
const MAX_ENTRIES = 200_000;
/** A folder with this many other files holds data, not a run. */
const MAX_FILES_LOOKED_AT = 10_000;
const AT_ONCE = 16;
/** Removed while we looked. */
const GONE: readonly (string | undefined)[] = ['ENOENT', 'ENOTDIR'];

/**
 * The clock of some file systems ticks every two seconds: a file that changed so short a time ago could change again,
 * and look the same.
 */
const SETTLED_MILLISECONDS = 2_500;

/** Looks once. See {@link RunScanner.scan}. */
export function scanRuns(folder: string): Promise<RunListing[]> {
  return new RunScanner(folder).scan();
}

interface Remembered {
  readonly stamp: string;
  readonly listings: readonly RunListing[];
}

/** Looks through a folder of runs again and again, and reads only what has changed since the last time. */
export class RunScanner {
  private remembered = new Map<string, Remembered>();

  /** @param now milliseconds since 1970 */
  constructor(
    private readonly folder: string,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /**
   * The runs in the folder, by name. Links are not followed, so nothing outside the folder is read: a link to a folder is
   * a listing with a problem. Subfolders are also searched for event files of other programs (`experiment/train`), but not
   * for runs: a subfolder that contains some is a listing that says so. Everything below a run belongs to it and is not
   * searched; unrelated folders are left out. An unusable run is a listing with a problem; an absent folder has no runs.
   * Throws {@link RunError} if the folder itself cannot be read.
   */
  async scan(): Promise<RunListing[]> {
    const names = (await folderNames(this.folder)).sort();
    const chosen = names.slice(0, MAX_RUNS);
    const listings: (readonly RunListing[])[] = new Array(chosen.length);
    const seen = new Map<string, Remembered>();
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < chosen.length) {
        const index = next++;
        listings[index] = await this.inspect(chosen[index]!, seen);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    this.remembered = seen; // without those that are gone
    const found = listings.flat();
    if (names.length > MAX_RUNS) {
      const problem = `${plural(names.length - MAX_RUNS, 'more folder')} ${names.length - MAX_RUNS === 1 ? 'is' : 'are'} not listed: keep at most ${MAX_RUNS} runs in one folder.`;
      found.push({ kind: 'problem', name: path.basename(this.folder), path: this.folder, problem });
    }
    return found;
  }

  /** Listings of one folder; empty if it contains no run. Never rejects. */
  private async inspect(name: string, seen: Map<string, Remembered>): Promise<readonly RunListing[]> {
    const folder = path.join(this.folder, name);
    try {
      const isLink = (await lstat(folder)).isSymbolicLink(); // nothing is looked at through one
      const record = isLink ? undefined : await look(path.join(folder, RECORD_FILE));
      // Without a record it counts which files there are, which is what a folder's own time tells of.
      const { stamp, changed } = record ?? (await look(folder)) ?? { stamp: '', changed: Infinity };
      const known = this.remembered.get(name);
      if (known?.stamp === stamp) {
        seen.set(name, known);
        return known.listings;
      }
      const { listings, deep } = await this.look(name, record !== undefined);
      // A folder's time tells nothing of what changes in the folders below it.
      if (!deep && this.now() - changed > SETTLED_MILLISECONDS) seen.set(name, { stamp, listings });
      return listings;
    } catch (error) {
      if (GONE.includes(errorCode(error))) return [];
      return [{ name, path: folder, kind: 'problem', problem: printable(errorMessage(error), 1000) }];
    }
  }

  private async look(name: string, isRun: boolean): Promise<{ listings: RunListing[]; deep: boolean }> {
    const folder = path.join(this.folder, name);
    if ((await lstat(folder)).isSymbolicLink()) return { listings: await ofLink(name, folder), deep: true };
    const listing = await read(folder, isRun);
    const listings = listing === undefined ? [] : [listing];
    if (isRun || (listing !== undefined && listing.kind !== 'foreign')) return { listings, deep: false };
    const { logs, runs, folders } = await holdings(folder);
    for (const each of logs) {
      listings.push({ name: `${name}/${each}`, path: path.join(folder, ...each.split('/')), kind: 'foreign' });
    }
    if (runs > 0) listings.push({ name, path: folder, kind: 'problem', problem: groupWords(runs) });
    return { listings, deep: folders > 0 };
  }
}

/** Identifies a state of a file or folder, with the time of its last change; undefined if it does not exist. */
async function look(file: string): Promise<{ stamp: string; changed: number } | undefined> {
  try {
    const { dev, ino, mode, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = await lstat(file, { bigint: true });
    return {
      stamp: [dev, ino, mode, size, mtimeNs, ctimeNs].join(' '),
      changed: Math.max(Number(mtimeMs), Number(ctimeMs)),
    };
  } catch (error) {
    if (GONE.includes(errorCode(error))) return undefined;
    throw error;
  }
}

/** Loaded with the first record: most folders that are opened in an editor have no runs, and need no schemas. */
let reader: Promise<typeof readRecordFile> | undefined;

async function readRecord(file: string): Promise<RunRecord> {
  reader ??= import('./record').then((loaded) => loaded.readRecordFile);
  return (await reader)(file);
}

async function read(folder: string, isRun: boolean): Promise<RunListing | undefined> {
  const at = { name: path.basename(folder), path: folder };
  try {
    if (isRun) return { ...at, kind: 'run', record: await readRecord(path.join(folder, RECORD_FILE)) };
    return (await holdsEventFile(folder)) ? { ...at, kind: 'foreign' } : undefined;
  } catch (error) {
    if (GONE.includes(errorCode(error))) return undefined;
    // A system error may be transient; invalid contents are not.
    if (!(error instanceof RunError) || error.cause !== undefined) throw error;
    return { ...at, kind: 'problem', problem: printable(errorMessage(error), 1000) };
  }
}

/** A link to a folder: listed, since it was put there on purpose, but not followed. */
async function ofLink(name: string, link: string): Promise<RunListing[]> {
  const target = printable(await readlink(link), 300);
  const leadsTo = await stat(link).then(
    (stats) => (stats.isDirectory() ? 'a folder' : 'a file'),
    (error: unknown) => reasonOf(error),
  );
  if (leadsTo === 'a file') return [];
  const problem =
    leadsTo === 'a folder'
      ? `It is a link to ${target}. Links are not followed: list the folder that it leads to, or move that here.`
      : `It is a link to ${target}, which cannot be used: ${leadsTo}.`;
  return [{ name, path: link, kind: 'problem', problem, link: true }];
}

/** Folders deeper than this below one of the runs folder's own are not looked into. */
const DEEPEST = 3;
/** At most this many folders below one of the runs folder's own are looked into. */
export const MOST_FOLDERS_BELOW = 200;

/** A folder below one of the runs folder's own. */
export interface FolderBelow {
  /** Relative, with `/` between names. */
  readonly name: string;
  readonly path: string;
  /** It has a record; its subfolders are not searched. */
  readonly isRun: boolean;
}

/** Subfolders to search for logs, nearest first; links are not followed, and errors are ignored. */
export async function* foldersBelow(folder: string): AsyncGenerator<FolderBelow> {
  const waiting = (await subfolders(folder).catch(() => [])).map((name) => [name]);
  for (let folders = 0; folders < MOST_FOLDERS_BELOW; folders++) {
    const next = waiting.shift();
    if (next === undefined) return;
    const location = path.join(folder, ...next);
    const isRun = (await look(path.join(location, RECORD_FILE)).catch(() => undefined)) !== undefined;
    yield { name: next.join('/'), path: location, isRun };
    if (isRun || next.length >= DEEPEST) continue;
    for (const name of await subfolders(location).catch(() => [])) waiting.push([...next, name]);
  }
}

/** Contents of a folder that is not a run: names of folders with event files, and the number of runs. */
async function holdings(folder: string): Promise<{ logs: string[]; runs: number; folders: number }> {
  const logs: string[] = [];
  let [runs, folders] = [0, 0];
  for await (const { name, path: location, isRun } of foldersBelow(folder)) {
    folders++;
    if (isRun) runs++;
    // An unreadable folder is not listed as a log of another program.
    else if (await holdsEventFile(location).catch(() => false)) logs.push(name);
  }
  return { logs: logs.sort(), runs, folders };
}

function groupWords(runs: number): string {
  return (
    `This folder is not a run but contains ${plural(runs, 'run')}; only runs directly in the runs folder are listed. ` +
    'Make it the runs folder, or move them up.'
  );
}

async function subfolders(folder: string): Promise<string[]> {
  const names: string[] = [];
  let looked = 0;
  for await (const entry of await opendir(folder)) {
    if (entry.isDirectory()) names.push(entry.name);
    if (++looked >= MAX_FILES_LOOKED_AT || names.length >= MOST_FOLDERS_BELOW) break;
  }
  return names.sort();
}

async function holdsEventFile(folder: string): Promise<boolean> {
  let looked = 0;
  for await (const entry of await opendir(folder)) {
    if (entry.isFile() && isEventFileName(entry.name)) return true;
    if (++looked >= MAX_FILES_LOOKED_AT) return false;
  }
  return false;
}

async function folderNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      if (entry.isDirectory() || entry.isSymbolicLink()) names.push(entry.name);
      if (names.length >= MAX_ENTRIES) break;
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new RunError(`The runs folder ${printable(folder)} cannot be read: ${printable(reasonOf(error))}.`);
  }
  return names;
}
