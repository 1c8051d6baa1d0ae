import { setTimeout as sleep } from 'node:timers/promises';
import { FileLock, type LockState } from '../runs/fileLock';
import { addressLockPath, unusable } from './runtimeFolder';

/** Claiming an address takes milliseconds, unless a trainer that already has it is slow to answer. */
const PATIENCE_MILLISECONDS = 10_000;
const RETRY_MILLISECONDS = 20;

/** Another process has been claiming or releasing the address of the same id for too long. */
export class AddressBusyError extends Error {
  override name = 'AddressBusyError';
}

/**
 * Does `work` on the address of an id, its socket and its secret, while no other process does: checking for a listener
 * and then replacing a dead socket would otherwise race with a process that has just created its own. Throws {@link
 * AddressBusyError} if the guard cannot be acquired.
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
    // Eventually also from an owner in another container, whose state is unknown: nobody needs it for that long.
    const lock: FileLock | LockState = await FileLock.acquire(path, id, late);
    if (lock instanceof FileLock) return lock;
    if (late) throw new AddressBusyError(lock.evidence);
    await sleep(RETRY_MILLISECONDS);
  }
}
