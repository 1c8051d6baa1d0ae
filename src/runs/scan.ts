import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, errorMessage, reasonOf, RunError } from './error';
import { isEventFileName } from './eventLogName';
import { printable } from './printable';
import { readRecordFile, RECORD_FILE } from './record';
import type { RunRecord } from '../protocol/run';

/** What a folder among the runs is. Its name is as on disk: it may hold anything that a file name may. */
export type RunListing = { readonly name: string; readonly path: string } & (
  | { readonly kind: 'run'; readonly record: RunRecord }
  /** Event files of another program; nothing else is known. */
  | { readonly kind: 'foreign' }
  /** Meant to be a run and cannot be used; `problem` says why, in words fit to be shown. */
  | { readonly kind: 'problem'; readonly problem: string }
);

const MAX_RUNS = 10_000;
/** Names are held before any is looked at. */
const MAX_ENTRIES = 200_000;
/** A folder of so many other files holds data, not a run. */
const MAX_FILES_LOOKED_AT = 10_000;
const AT_ONCE = 16;

/**
 * The runs in a folder, by name. Links are not followed, so nothing outside the folder is read; folders that have
 * nothing to do with runs are left out. One bad run is a listing with a problem; an absent folder has no runs. Throws
 * {@link RunError} when the folder itself cannot be read.
 */
export async function scanRuns(folder: string): Promise<RunListing[]> {
  const names = (await folderNames(folder)).sort();
  const chosen = names.slice(0, MAX_RUNS);
  const listings: (RunListing | undefined)[] = new Array(chosen.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < chosen.length) {
      const index = next++;
      listings[index] = await inspectRun(path.join(folder, chosen[index]!));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const found = listings.filter((listing) => listing !== undefined);
  if (names.length > MAX_RUNS) {
    const problem = `${names.length - MAX_RUNS} more folders are not listed: keep at most ${MAX_RUNS} runs in one folder.`;
    found.push({ kind: 'problem', name: path.basename(folder), path: folder, problem });
  }
  return found;
}

/** What one folder is; undefined when it is no run. Never rejects. */
async function inspectRun(folder: string): Promise<RunListing | undefined> {
  const at = { name: path.basename(folder), path: folder };
  try {
    const recordPath = path.join(folder, RECORD_FILE);
    if (await exists(recordPath)) return { ...at, kind: 'run', record: await readRecordFile(recordPath) };
    return (await holdsEventFile(folder)) ? { ...at, kind: 'foreign' } : undefined;
  } catch (error) {
    const code = errorCode(error);
    // Removed while we looked.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { ...at, kind: 'problem', problem: printable(errorMessage(error), 1000) };
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
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
      if (entry.isDirectory()) names.push(entry.name);
      if (names.length >= MAX_ENTRIES) break;
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new RunError(`The folder of runs ${printable(folder)} cannot be read: ${printable(reasonOf(error))}.`);
  }
  return names;
}
