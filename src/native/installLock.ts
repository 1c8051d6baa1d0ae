import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from './command';
import { throwIfCancelled } from './error';
import { makeCacheFolder } from './makeFolder';

interface Owner {
  readonly pid: number;
  readonly startTime: string;
}

const OWNER = 'owner.json';
const RETRY_MILLISECONDS = 500;
const ABANDONED_MILLISECONDS = 10_000;

/**
 * Runs `work` while holding the lock folder, after its current holder has finished or died. A process counts as alive
 * only when its number and its start time agree, since numbers are used again.
 *
 * The folder is created with its owner's name in it and removed by renaming: since a nonempty folder cannot be replaced
 * by a rename, only one of several processes gets it, and no process ever sees it half created or half removed.
 */
export async function withInstallLock<T>(
  folder: string,
  onWait: (pid: number) => void,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const mine: Owner = { pid: process.pid, startTime: (await startTimeOf(process.pid)) ?? '' };
  const candidate = `${folder}.${randomUUID()}`;
  await makeCacheFolder(candidate);
  try {
    await writeFile(path.join(candidate, OWNER), JSON.stringify(mine));
    while (!(await take(candidate, folder))) {
      throwIfCancelled(signal);
      const holder = await holderOf(folder);
      // An empty folder is no lock, but it blocks the rename on Windows.
      if (holder === undefined) await rmdir(folder).catch(() => undefined);
      if (holder === undefined || (!holder.alive && (await breakLock(folder)))) continue;
      if (holder.alive) onWait(holder.pid);
      await delay(RETRY_MILLISECONDS);
    }
  } finally {
    await rm(candidate, { recursive: true, force: true });
  }
  try {
    return await work();
  } finally {
    await remove(folder);
  }
}

async function take(candidate: string, folder: string): Promise<boolean> {
  try {
    await rename(candidate, folder);
    return true;
  } catch (error) {
    // Windows reports EPERM for any existing folder.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function remove(folder: string): Promise<void> {
  const aside = `${folder}.${randomUUID()}`;
  await rename(folder, aside);
  await rm(aside, { recursive: true, force: true });
}

/**
 * Removes the lock of a dead process. Of several processes, only one at a time checks again and removes it, so that
 * none removes a lock that another has just taken. Returns false if another process is doing so.
 */
async function breakLock(folder: string): Promise<boolean> {
  const guard = `${folder}.breaking`;
  try {
    await mkdir(guard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const since = await stat(guard).then(
      // A time in the future means that the clock was set back since.
      ({ mtimeMs }) => Math.abs(Date.now() - mtimeMs),
      () => 0,
    );
    // Breaking takes milliseconds: a process that is still at it has died.
    if (since > ABANDONED_MILLISECONDS) await rm(guard, { recursive: true, force: true });
    return false;
  }
  try {
    const holder = await holderOf(folder);
    // Still there after its owner was seen dead: now nobody else can change it.
    if (holder?.alive === false && (await holderOf(folder))?.text === holder.text) await remove(folder);
    return true;
  } finally {
    await rm(guard, { recursive: true, force: true });
  }
}

/** The holder of the lock; undefined if there is none. An unreadable owner (a power failure) counts as dead. */
async function holderOf(folder: string): Promise<{ text: string; pid: number; alive: boolean } | undefined> {
  const text = await readFile(path.join(folder, OWNER), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let owner: Partial<Owner> = {};
  try {
    owner = JSON.parse(text) as Partial<Owner>;
  } catch {
    // Handled below.
  }
  const { pid = 0, startTime } = owner;
  const known = Number.isSafeInteger(pid) && pid > 0 && typeof startTime === 'string';
  const alive = known && (await startTimeOf(pid)) === startTime;
  return { text, pid, alive };
}

/** Start time of a process in a platform-specific unit; undefined if it does not exist. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The second field is a program name in parentheses and may hold anything; the start time is the 22nd field.
    return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19];
  }
  if (process.platform === 'win32') return isRunning(pid) ? 'running' : undefined;
  const { code, stdout } = await runCommand('/bin/ps', ['-o', 'lstart=', '-p', String(pid)]);
  return code === 0 ? stdout.trim() : undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
