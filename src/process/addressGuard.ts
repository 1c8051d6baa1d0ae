import { setTimeout as sleep } from 'node:timers/promises';
import { FileLock, type LockState } from '../runs/fileLock';
import { addressLockPath, unusable } from './runtimeFolder';

/** Taking an address takes milliseconds, unless a trainer that has it already is slow to say so. */
const PATIENCE_MILLISECONDS = 10_000;
const RETRY_MILLISECONDS = 20;

/** Another process takes or leaves the address of the same id, and has done so for long. */
export class AddressBusyError extends Error {
  override name = 'AddressBusyError';
}

/**
 * Does `work` on the address of an id, its socket and its secret, while no other process does: to look whether somebody
 * listens and then to put a socket in place of a dead one would else remove the socket of whoever was as quick. Throws
 * {@link AddressBusyError} when that does not become possible.
 */
export async function guardAddress<T>(id: string, work: () => Promise<T>): Promise<T> {
  const path = await addressLockPath(id);
  const lock = await acquire(path, id).catch((error: unknown) => {
    throw unusable(path, error);
  });
  try {
    await lock.cleanUp();
    return await work();
  } finally {
    await lock.release();
  }
}

async function acquire(path: string, id: string): Promise<FileLock> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const late = performance.now() > deadline;
    // In the end also from an owner in another container of which nothing can be known: nobody needs so long.
    const lock: FileLock | LockState = await FileLock.acquire(path, id, late);
    if (lock instanceof FileLock) return lock;
    if (late) throw new AddressBusyError(lock.evidence);
    await sleep(RETRY_MILLISECONDS);
  }
}
