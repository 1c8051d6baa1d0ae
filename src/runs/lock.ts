import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import type { RunDirectory } from './directory';
import { errorCode, RunError } from './error';
import { removeLeftovers } from './files';
import { encodeLock, readLockFile, type LockFile, type LockRecord } from './lockFile';
import { judgeHolder, type LockState } from './lockState';
import { ownIdentity } from './processIdentity';

/** Thrown when another trainer owns the run, or may. The message names the holder and what can be done. */
export class LockedError extends RunError {
  override name = 'LockedError';
  constructor(
    readonly state: LockState,
    run: string,
  ) {
    super(`The run in ${run} is not free: ${state.evidence}${advice(state, run)}`);
  }
}

function advice(state: LockState, run: string): string {
  if (state.state === 'held') return ' Stop that trainer first, or watch it.';
  if (state.state !== 'unknown' || state.holder === undefined) return '';
  return ` If you know that it has ended, delete ${path.join(run, 'lock')} and try again.`;
}

/** How the lock of a run stands, with the evidence in words. `run` is the run's folder; nothing is changed. */
export async function inspectLock(run: string): Promise<LockState> {
  return (await readChain(run)).state;
}

/**
 * The right to write to a run; one process has it at a time.
 *
 * The owner's file `lock` comes into being by a hard link, which fails when there is one already. A dead owner's lock is
 * not removed, since two who find it dead would both remove and the slower one would remove the faster one's new lock.
 * Instead the right to succeed lock N is itself taken by linking `lock.after-N`, N being N's random nonce; who got it
 * looks again whether N still stands and then renames its file over `lock`. Whoever dies on the way is succeeded in the
 * same manner, so there is nothing that only a person could clear up.
 */
export class RunLock {
  private constructor(
    private readonly run: RunDirectory,
    readonly record: LockRecord,
    /** Kept open, so that a heartbeat can only ever touch our own file. */
    private readonly handle: fs.FileHandle,
  ) {}

  /**
   * Takes the lock of a run that is free or whose owner has died, and cleans up what that one left half written. Throws
   * {@link LockedError} otherwise. `force` also takes it from an owner of which nothing can be known (on another
   * machine); never from one that is seen to be alive.
   *
   * @param id the run's id, for people who read the file
   */
  static async acquire(run: RunDirectory, id: string, options: { force?: boolean } = {}): Promise<RunLock> {
    const now = new Date().toISOString();
    const nonce = randomBytes(16).toString('hex');
    const record: LockRecord = { id, nonce, ...(await ownIdentity()), acquiredAt: now, heartbeat: now };
    const candidate = path.join(run.path, `.lock-${nonce}`);
    const handle = await fs.open(candidate, 'wx');
    try {
      await handle.writeFile(encodeLock(record));
      await handle.sync();
      await takeOver(run, candidate, record.nonce, options.force ?? false);
    } catch (error) {
      await handle.close();
      throw error;
    } finally {
      await fs.rm(candidate, { force: true });
    }
    const lock = new RunLock(run, record, handle);
    try {
      await lock.cleanUp();
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /**
   * Says that the owner is alive, for other machines that cannot look. Throws {@link RunError} when the lock was taken
   * away: then nothing may be written any more. A disk that cannot be read or written at the moment is no sign of that.
   */
  async heartbeat(): Promise<void> {
    const present = await readLockFile(this.run.lockPath);
    if (present.kind === 'unreadable') return;
    if (!this.isOurs(present)) {
      throw new RunError(
        `The lock of ${this.run.path} was taken away: this process must not write to the run any more.`,
      );
    }
    // The same number of bytes as before, so the file is never half a lock.
    const bytes = encodeLock({ ...this.record, heartbeat: new Date().toISOString() });
    await this.handle.write(bytes, 0, bytes.length, 0).catch(() => undefined);
  }

  async release(): Promise<void> {
    if (this.isOurs(await readLockFile(this.run.lockPath))) await fs.rm(this.run.lockPath, { force: true });
    await this.handle.close();
  }

  private isOurs(present: LockFile): boolean {
    return present.kind === 'lock' && present.record.nonce === this.record.nonce;
  }

  private async cleanUp(): Promise<void> {
    await removeLeftovers(this.run.path);
    await removeLeftovers(this.run.checkpointsPath);
    for (const name of await fs.readdir(this.run.path)) {
      const file = path.join(this.run.path, name);
      if (/^lock\.after-[0-9a-f]{32}$/.test(name)) await fs.rm(file, { force: true });
      // A young candidate is another trainer's that is just finding out that it came too late.
      if (/^\.lock-[0-9a-f]{32}$/.test(name) && (await ageSeconds(file)) > 60) await fs.rm(file, { force: true });
    }
  }
}

async function ageSeconds(file: string): Promise<number> {
  const found = await fs.lstat(file).catch(() => undefined);
  return found === undefined ? 0 : (Date.now() - found.mtimeMs) / 1000;
}

interface Chain {
  readonly state: LockState;
  /** The nonces from `lock` on; each was succeeded by the next. */
  readonly nonces: readonly string[];
}

function afterPath(run: string, nonce: string): string {
  return path.join(run, `lock.after-${nonce}`);
}

/** Follows `lock` to its last successor, whose state is the lock's. */
async function readChain(run: string): Promise<Chain> {
  const nonces: string[] = [];
  let file = path.join(run, 'lock');
  let state: LockState = { state: 'free', evidence: 'No trainer holds its lock.' };
  // A chain grows by one each time that a successor dies within milliseconds; a longer one was made up.
  while (nonces.length < 100) {
    const found = await readLockFile(file);
    if (found.kind === 'absent') return { state, nonces };
    if (found.kind !== 'lock') return { state: { state: 'unknown', evidence: found.problem }, nonces };
    state = await judgeHolder(found.record);
    nonces.push(found.record.nonce);
    file = afterPath(run, found.record.nonce);
  }
  return { state: { state: 'unknown', evidence: `${run} holds an endless chain of locks.` }, nonces };
}

/** Makes `candidate`, a complete lock file, the run's lock; throws {@link LockedError} when that is not allowed. */
async function takeOver(run: RunDirectory, candidate: string, own: string, force: boolean): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { state, nonces } = await readChain(run.path);
    const last = nonces.at(-1);
    const takeable = state.state === 'stale' || (force && state.state === 'unknown' && state.holder !== undefined);
    if (state.state !== 'free' && !takeable) throw new LockedError(state, run.path);
    if (last === undefined) {
      if (await link(candidate, run.lockPath)) return;
      continue;
    }
    const successor = afterPath(run.path, last);
    if (!(await link(candidate, successor))) continue;
    const now = (await readChain(run.path)).nonces;
    if (
      now.length === nonces.length + 1 &&
      now.at(-1) === own &&
      nonces.every((nonce, index) => nonce === now[index])
    ) {
      try {
        await fs.rename(successor, run.lockPath);
        return;
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
        continue;
      }
    }
    await fs.rm(successor, { force: true });
  }
  throw new RunError(
    `The lock of ${run.path} changes hands too quickly: is something starting trainers over and over?`,
  );
}

/** Gives a file a second name; false where that name is taken. */
async function link(existing: string, name: string): Promise<boolean> {
  try {
    await fs.link(existing, name);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return copyExclusively(existing, name);
    throw error;
  }
}

/** Where a file system has no hard links (exFAT): as exclusive, but a crash in the middle leaves an unusable lock. */
async function copyExclusively(existing: string, name: string): Promise<boolean> {
  try {
    await fs.copyFile(existing, name, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

export type { LockState };
