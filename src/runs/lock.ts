import { access } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Emitter } from '../common/emitter';
import type { RunDirectory } from './directory';
import { errorCode, reasonOf, RunError } from './error';
import { FileLock, inspectFileLock } from './fileLock';
import { HeldFolder } from './heldFolder';
import { removeLeftovers } from './files';
import type { LockRecord } from './lockFile';
import type { LockState } from './lockState';
import { RECORD_FILE } from './recordName';

/** How long a folder whose lock is gone is watched for the rest of it to go, and how often. */
const EMPTYING_MILLISECONDS = 2_000;
const EMPTYING_LOOKS = 20;

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

/**
 * Thrown when this process no longer holds the run and must not write to it. `deleted`: its folder is gone; `taken`: the
 * folder exists, but the lock was removed or belongs to another process.
 */
export class LostRunError extends RunError {
  override name = 'LostRunError';
  constructor(
    readonly how: 'deleted' | 'taken',
    folder: string,
  ) {
    super(
      how === 'deleted'
        ? `The folder ${folder} was deleted, or moved to where it cannot be found.`
        : `The lock of ${folder} was removed or taken over: this process must no longer write to the run.`,
    );
  }
}

/** The state of a run's lock, with readable evidence. `run` is the run's folder; changes nothing. */
export function inspectLock(run: string): Promise<LockState> {
  return inspectFileLock(path.join(run, 'lock'));
}

/** The right to write to a run; one process has it at a time. */
export class RunLock {
  private checking: Promise<void> | undefined;
  private readonly moves = new Emitter<{ readonly from: string; readonly to: string }>();
  /** The run's folder was renamed: its old and new path. The run directory already has the new one. */
  readonly onMove = this.moves.event;

  private constructor(
    private readonly run: RunDirectory,
    private readonly lock: FileLock,
    private readonly folder: HeldFolder,
  ) {}

  /**
   * Takes the lock of a run that is free or whose owner has died, and cleans up what that one left half written. Throws
   * {@link LockedError} otherwise, {@link RunError} if no lock can be written. `force` also takes it from an owner that cannot be checked (on another
   * machine); never from one that is seen to be alive.
   *
   * @param id the run's id, for human readers of the file
   */
  static async acquire(run: RunDirectory, id: string, options: { force?: boolean } = {}): Promise<RunLock> {
    const lock = await FileLock.acquire(run.lockPath, id, options.force).catch((error: unknown) => {
      if (errorCode(error) === undefined) throw error;
      // The trainer has no record yet, so this message appears only in its log.
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
      const held = new RunLock(run, lock, await HeldFolder.open(run.path));
      run.watchOver(() => held.heartbeat());
      return held;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get record(): LockRecord {
    return this.lock.record;
  }

  /**
   * Refreshes the heartbeat, for other machines that cannot check the process, and follows a renamed folder. Throws
   * {@link LostRunError} if the run is no longer ours: then nothing may be written. A temporary read or write error does
   * not count as that.
   */
  heartbeat(): Promise<void> {
    this.checking ??= this.check().finally(() => (this.checking = undefined));
    return this.checking;
  }

  async release(): Promise<void> {
    this.run.watchOver(undefined);
    try {
      await this.lock.release();
    } finally {
      await this.folder.close();
    }
  }

  private async check(): Promise<void> {
    const { path: from } = this.run;
    const [ours, to] = [await this.lock.heartbeat(), await this.folder.find()];
    // Otherwise the old path is a link to the moved folder. If it is not found, the disk cannot be read.
    if (ours && (to === from || to === undefined)) return;
    if (to === undefined || (isInTrash(to) && !isInTrash(from))) throw new LostRunError('deleted', from);
    if (await this.lock.follow(path.join(to, 'lock'))) {
      if (to === from) return; // it was there again at the second look
      this.run.moveTo(to);
      return this.moves.fire({ from, to });
    }
    throw new LostRunError((await isBeingEmptied(to)) ? 'deleted' : 'taken', from);
  }
}

/** Deleting a folder deletes its files first, in any order: a record without a lock may be the next to go. */
async function isBeingEmptied(folder: string): Promise<boolean> {
  for (let look = 0; look < EMPTYING_LOOKS; look++) {
    if (await exists(path.join(folder, 'lock'))) return false;
    if (!(await exists(path.join(folder, RECORD_FILE)))) return true;
    await sleep(EMPTYING_MILLISECONDS / EMPTYING_LOOKS);
  }
  return false;
}

/** Moving a folder there counts as deleting it: `.Trash`, `.Trash-1000`, `~/.local/share/Trash/files`. */
function isInTrash(folder: string): boolean {
  const parts = folder.split(path.sep);
  return parts.some((part, i) => /^\.Trash(-\d+)?$/.test(part) || (part === 'files' && parts[i - 1] === 'Trash'));
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

export type { LockState };
