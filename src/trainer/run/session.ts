import { version } from '../../../package.json';
import type { Disposable } from '../../common/disposable';
import type { LiveState } from '../../protocol/control';
import type { Failure, RunRecord } from '../../protocol/run';
import { CheckpointStore } from '../../runs/checkpoints';
import type { RunDirectory } from '../../runs/directory';
import { LostRunError, RunLock } from '../../runs/lock';
import { explainDivergence, failureOf, TrainerError } from '../errors/failure';
import { LiveStatus } from './live';
import { moveNote, RecordKeeper } from './recordKeeper';

const HEARTBEAT_MILLISECONDS = 5_000;

/** What to do after a trainer has lost its run. */
const AFTER_LOSS = {
  deleted:
    'Nothing more of it could be kept. If it was moved to another disk, resume it there from its last checkpoint.',
  taken: 'If no other trainer has the run now (“latent runs” says so), it can be resumed from its last checkpoint.',
};

/** The run's folder or its lock is gone: from then on nothing of the run may be written. */
export class LostLockError extends TrainerError {
  override name = 'LostLockError';
  constructor(cause: LostRunError) {
    const failure: Failure = {
      kind: 'disk',
      message: `The run was ended: ${cause.message}`,
      remedy: AFTER_LOSS[cause.how],
    };
    super(failure, { cause });
  }
}

/**
 * One trainer's session with a run, from taking its lock to releasing it: the lock and its heartbeat, `run.json` and the
 * live state. What is trained meanwhile is not its concern.
 */
export class Session {
  readonly live: LiveStatus;
  readonly record: RecordKeeper;
  private readonly heart: NodeJS.Timeout;
  private readonly moves: Disposable;

  private constructor(
    readonly run: RunDirectory,
    private readonly lock: RunLock,
    record: RunRecord,
    onLostLock: (error: LostLockError) => void,
  ) {
    this.record = new RecordKeeper(run, record);
    this.live = new LiveStatus(initialState(record));
    this.heart = setInterval(() => {
      lock.heartbeat().catch((error: unknown) => {
        // Other errors come from a disk that may answer again later.
        if (error instanceof LostRunError) onLostLock(new LostLockError(error));
      });
    }, HEARTBEAT_MILLISECONDS);
    this.heart.unref();
    this.moves = lock.onMove(({ from, to }) => {
      const note = moveNote(from, to, this.live.current.step);
      process.stderr.write(`${note}\n`);
      // If the record cannot be written, the next write of it stops the run.
      void this.record.note(note).catch(() => undefined);
    });
  }

  /**
   * Takes the run. Throws LockedError when another trainer has it.
   *
   * @param onLostLock called when the run's folder or its lock is gone
   */
  static async open(run: RunDirectory, onLostLock: (error: LostLockError) => void): Promise<Session> {
    const lock = await RunLock.acquire(run, (await run.readRecord()).id);
    try {
      // Read again: the previous holder of the lock may have written.
      return new Session(run, lock, await run.readRecord(), onLostLock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The run's id and the process that has its lock, as clients check them. */
  get identity(): { readonly id: string; readonly pid: number; readonly startTime: string } {
    const { pid, startTime } = this.lock.record;
    return { id: this.record.current.id, pid, startTime };
  }

  /** Resolves with the path of the run's folder, which may have been renamed. Never rejects. */
  async locate(): Promise<string> {
    await this.lock.heartbeat().catch(() => undefined);
    return this.run.path;
  }

  /** Changes the run's status: on disk first, then for clients. */
  async setStatus(status: RunRecord['status'], patch: Partial<RunRecord> = {}): Promise<void> {
    await this.record.update({
      status,
      step: this.live.current.step,
      epoch: this.live.current.epoch,
      ...patch,
      versions: { ...this.record.current.versions, 'latent-studio': version, node: process.versions.node },
    });
    const { backend, failure, step, epoch } = this.record.current;
    this.live.update({ status, backend, failure, step, epoch });
  }

  /** Records the failure on disk and tells clients; writes nothing when the run is no longer ours. */
  async fail(thrown: unknown): Promise<void> {
    const error = thrown instanceof LostRunError ? new LostLockError(thrown) : thrown;
    const checkpoint = await this.newestCheckpoint();
    const plain = failureOf(error, this.live.current.step, checkpoint);
    const failure = explainDivergence(plain, this.record.current, checkpoint);
    process.stderr.write(`${failure.message}${failure.remedy === undefined ? '' : ` ${failure.remedy}`}\n`);
    if (failure.kind === 'internal' && error instanceof Error && !(error instanceof TrainerError)) {
      process.stderr.write(`${error.stack ?? ''}\n`);
    }
    this.live.update({ status: 'failed', failure, activity: undefined });
    if (error instanceof LostLockError) return;
    await this.record.update({ status: 'failed', failure }).catch(async (second: unknown) => {
      if (!(second instanceof LostRunError)) throw second;
      await this.fail(second);
    });
  }

  private async newestCheckpoint(): Promise<number | undefined> {
    const { specification, id } = this.record.current;
    const newest = await new CheckpointStore(this.run, specification.checkpoints).newest(id).catch(() => undefined);
    return newest?.step;
  }

  /** Waits for what is being written, then releases the lock. */
  async close(): Promise<void> {
    clearInterval(this.heart);
    this.moves.dispose();
    await this.record.settled();
    await this.lock.release();
  }
}

function initialState(record: RunRecord): LiveState {
  const { step, totalSteps, stepsPerEpoch, epoch, backend, alerts } = record;
  return {
    status: 'starting',
    step,
    totalSteps,
    stepsPerEpoch,
    epoch,
    stepsPerSecond: 0,
    secondsLeft: null,
    backend,
    alerts,
    metrics: {},
  };
}
