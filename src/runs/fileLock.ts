import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { errorCode, RunError } from './error';
import { encodeLock, readLockFile, type LockFile, type LockRecord } from './lockFile';
import { judgeHolder, type LockState } from './lockState';
import { ownIdentity } from './processIdentity';

/** The state of a lock, with readable evidence. Changes nothing. */
export async function inspectFileLock(lock: string): Promise<LockState> {
  return (await readChain(lock)).state;
}

/**
 * A lock file that one process holds at a time.
 *
 * It is created by a hard link, which fails if it exists. A dead owner's file is not removed, since two processes that find
 * it dead would both remove it, the slower one removing the faster one's new lock. Instead, the right to succeed lock N is
 * itself taken by linking `….after-N`, N being its random nonce; the winner checks again that N is still in place and then
 * renames its file over the lock. A process that dies midway is succeeded in the same manner, so no manual repair is
 * ever needed.
 */
export class FileLock {
  private constructor(
    private path: string,
    readonly record: LockRecord,
    /** Kept open, so that a heartbeat can only ever touch our own file. */
    private readonly handle: fs.FileHandle,
  ) {}

  /**
   * Takes a lock that is free or whose owner has died; otherwise resolves to its state. `force` also takes it from an owner
   * that cannot be checked (on another machine), but never from one known to be alive.
   *
   * @param lock where the file is or will be; others beside it begin with its name, or with a dot and its name
   * @param id of the locked run, for human readers of the file
   */
  static async acquire(lock: string, id: string, force = false): Promise<FileLock | LockState> {
    const now = new Date().toISOString();
    const nonce = randomBytes(16).toString('hex');
    const record: LockRecord = { id, nonce, ...(await ownIdentity()), acquiredAt: now, heartbeat: now };
    const candidate = path.join(path.dirname(lock), `.${path.basename(lock)}-${nonce}`);
    const handle = await fs.open(candidate, 'wx');
    try {
      await handle.writeFile(encodeLock(record));
      await handle.sync();
      const obstacle = await takeOver(lock, candidate, nonce, force);
      if (obstacle === undefined) return new FileLock(lock, record, handle);
      await handle.close();
      return obstacle;
    } catch (error) {
      await handle.close();
      throw error;
    } finally {
      await fs.rm(candidate, { force: true });
    }
  }

  /** Removes files of dead owners beside the lock; the caller must hold it. */
  async cleanUp(): Promise<void> {
    const [folder, base] = [path.dirname(this.path), path.basename(this.path)];
    for (const name of await fs.readdir(folder)) {
      const file = path.join(folder, name);
      if (isNamed(name, `${base}.after-`)) await fs.rm(file, { force: true });
      // A young candidate is another process's that is just finding out that it came too late.
      if (isNamed(name, `.${base}-`) && (await ageSeconds(file)) > 60) await fs.rm(file, { force: true });
    }
  }

  /**
   * Refreshes the heartbeat, for other machines that cannot check the process; resolves to whether the lock is still ours.
   * A temporary read or write error does not mean that it is lost.
   */
  async heartbeat(): Promise<boolean> {
    const present = await readLockFile(this.path);
    if (present.kind === 'unreadable') return true;
    if (!this.isOurs(present)) return false;
    // The same number of bytes as before, so the file is never half a lock.
    const bytes = encodeLock({ ...this.record, heartbeat: new Date().toISOString() });
    await this.handle.write(bytes, 0, bytes.length, 0).catch(() => undefined);
    return true;
  }

  /** The folder around the lock has another name now: `lock` is where the file should be. Whether it is there, and ours. */
  async follow(lock: string): Promise<boolean> {
    if (!this.isOurs(await readLockFile(lock))) return false;
    this.path = lock;
    return true;
  }

  async release(): Promise<void> {
    if (this.isOurs(await readLockFile(this.path))) await fs.rm(this.path, { force: true });
    await this.handle.close();
  }

  private isOurs(present: LockFile): boolean {
    return present.kind === 'lock' && present.record.nonce === this.record.nonce;
  }
}

function isNamed(name: string, beginning: string): boolean {
  return name.startsWith(beginning) && /^[0-9a-f]{32}$/.test(name.slice(beginning.length));
}

async function ageSeconds(file: string): Promise<number> {
  const found = await fs.lstat(file).catch(() => undefined);
  return found === undefined ? 0 : (Date.now() - found.mtimeMs) / 1000;
}

interface Chain {
  readonly state: LockState;
  /** The nonces from the lock on; each was succeeded by the next. */
  readonly nonces: readonly string[];
}

function afterPath(lock: string, nonce: string): string {
  return `${lock}.after-${nonce}`;
}

/** Follows a lock to its last successor, whose state is the lock's. */
async function readChain(lock: string): Promise<Chain> {
  const nonces: string[] = [];
  let file = lock;
  let state: LockState = { state: 'free', evidence: 'No trainer holds its lock.' };
  // A chain grows by one each time that a successor dies within milliseconds; a longer one was made up.
  while (nonces.length < 100) {
    const found = await readLockFile(file);
    if (found.kind === 'absent') return { state, nonces };
    if (found.kind !== 'lock') return { state: { state: 'unknown', evidence: found.problem }, nonces };
    state = await judgeHolder(found.record);
    nonces.push(found.record.nonce);
    file = afterPath(lock, found.record.nonce);
  }
  return { state: { state: 'unknown', evidence: `${lock} begins an endless chain of locks.` }, nonces };
}

/** Makes `candidate`, a complete lock file, the lock. If that is not allowed, resolves to the state of the lock. */
async function takeOver(lock: string, candidate: string, own: string, force: boolean): Promise<LockState | undefined> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { state, nonces } = await readChain(lock);
    const last = nonces.at(-1);
    const takeable = state.state === 'stale' || (force && state.state === 'unknown' && state.holder !== undefined);
    if (state.state !== 'free' && !takeable) return state;
    if (last === undefined) {
      if (await link(candidate, lock)) return undefined;
      continue;
    }
    const successor = afterPath(lock, last);
    if (!(await link(candidate, successor))) continue;
    const now = (await readChain(lock)).nonces;
    if (
      now.length === nonces.length + 1 &&
      now.at(-1) === own &&
      nonces.every((nonce, index) => nonce === now[index])
    ) {
      try {
        await fs.rename(successor, lock);
        return undefined;
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
        continue;
      }
    }
    await fs.rm(successor, { force: true });
  }
  throw new RunError(`The lock ${lock} changes owners too quickly: is another program starting trainers repeatedly?`);
}

/** Creates a hard link; false if the name is taken. */
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

/** For file systems without hard links (exFAT): equally exclusive, but a crash midway leaves an unusable lock. */
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
