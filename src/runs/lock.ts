import path from 'node:path';
import type { RunDirectory } from './directory';
import { errorCode, reasonOf, RunError } from './error';
import { FileLock, inspectFileLock } from './fileLock';
import { removeLeftovers } from './files';
import type { LockRecord } from './lockFile';
import type { LockState } from './lockState';

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
export function inspectLock(run: string): Promise<LockState> {
  return inspectFileLock(path.join(run, 'lock'));
}

/** The right to write to a run; one process has it at a time. */
export class RunLock {
  private constructor(
    private readonly run: RunDirectory,
    private readonly lock: FileLock,
  ) {}

  /**
   * Takes the lock of a run that is free or whose owner has died, and cleans up what that one left half written. Throws
   * {@link LockedError} otherwise, {@link RunError} where no lock can be written. `force` also takes it from an owner of which nothing can be known (on another
   * machine); never from one that is seen to be alive.
   *
   * @param id the run's id, for people who read the file
   */
  static async acquire(run: RunDirectory, id: string, options: { force?: boolean } = {}): Promise<RunLock> {
    const lock = await FileLock.acquire(run.lockPath, id, options.force).catch((error: unknown) => {
      if (errorCode(error) === undefined) throw error;
      // The trainer has no record to say it in yet: these words stand in its log alone.
      throw new RunError(
        `The run in ${run.path} cannot be locked: ${reasonOf(error)}. Correct that, then resume the run.`,
        { cause: error },
      );
    });
    if (!(lock instanceof FileLock)) throw new LockedError(lock, run.path);
    try {
      await removeLeftovers(run.path);
      await removeLeftovers(run.checkpointsPath);
      await lock.cleanUp();
      return new RunLock(run, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get record(): LockRecord {
    return this.lock.record;
  }

  /**
   * Says that the owner is alive, for other machines that cannot look. Throws {@link RunError} when the lock was taken
   * away: then nothing may be written any more. A disk that cannot be read or written at the moment is no sign of that.
   */
  async heartbeat(): Promise<void> {
    if (await this.lock.heartbeat()) return;
    throw new RunError(`The lock of ${this.run.path} was taken away: this process must not write to the run any more.`);
  }

  release(): Promise<void> {
    return this.lock.release();
  }
}

export type { LockState };
