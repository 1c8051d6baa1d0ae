import { setImmediate as breathe } from 'node:timers/promises';
import { version } from '../../../package.json';
import type { LiveState } from '../../protocol/control';
import type { Failure, RunRecord } from '../../protocol/run';
import { CheckpointStore } from '../../runs/checkpoints';
import type { RunDirectory } from '../../runs/directory';
import { LostRunError, RunLock } from '../../runs/lock';
import { ControlServer, type Handler } from '../socket/controlServer';
import { explainDivergence, failureOf, TrainerError } from '../errors/failure';
import { LiveStatus } from './live';
import { Publisher } from './publisher';
import { moveNote, RecordKeeper } from './recordKeeper';

const HEARTBEAT_MILLISECONDS = 5_000;

/** What to do where a run was lost to its trainer. */
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
 * A trainer's hold on its run: the lock, `run.json`, the live state and the socket, from the moment it takes the run to
 * the moment it lets go. What is trained in between is not its concern.
 */
export class Session {
  readonly live: LiveStatus;
  readonly record: RecordKeeper;
  private readonly heart: NodeJS.Timeout;

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
        // Another error is a disk's that answers later.
        if (error instanceof LostRunError) onLostLock(new LostLockError(error));
      });
    }, HEARTBEAT_MILLISECONDS);
    this.heart.unref();
    lock.onMove = (from, to) => {
      const note = moveNote(from, to, this.live.current.step);
      process.stderr.write(`${note}\n`);
      // A record that cannot be written stops the run by itself.
      void this.record.note(note).catch(() => undefined);
      this.connections?.server.moveTo(to);
    };
  }

  private connections: { server: ControlServer; publisher: Publisher } | undefined;

  /** Takes the run. Throws LockedError when another trainer has it. */
  static async take(run: RunDirectory, onLostLock: (error: LostLockError) => void): Promise<Session> {
    const lock = await RunLock.acquire(run, (await run.readRecord()).id);
    try {
      // Read again: who held the lock until now may have written.
      return new Session(run, lock, await run.readRecord(), onLostLock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Listens on the control socket; requests go to `answer`. */
  async listen(answer: Handler['answer']): Promise<Publisher> {
    const { pid, startTime } = this.lock.record;
    const server = await ControlServer.listen({ id: this.record.current.id, pid, startTime }, this.run.path, {
      state: () => this.live.current,
      logs: () => this.connections?.publisher.logs ?? [],
      locate: () => this.lock.heartbeat().catch(() => undefined),
      answer,
    });
    this.connections = { server, publisher: new Publisher(server, this.live) };
    return this.connections.publisher;
  }

  /** Moves to another status: on disk first, then told. */
  async turn(status: RunRecord['status'], patch: Partial<RunRecord> = {}): Promise<void> {
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

  /** Says on disk and to the watchers how the run failed; says nothing on disk when the run is no longer ours. */
  async fail(thrown: unknown): Promise<void> {
    const error = thrown instanceof LostRunError ? new LostLockError(thrown) : thrown;
    const checkpoint = await this.newestCheckpoint();
    const told = failureOf(error, this.live.current.step, checkpoint);
    const failure = explainDivergence(told, this.record.current, checkpoint);
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

  /** Lets go of the run: the last state reaches the watchers, then the socket closes and the lock is free. */
  async close(): Promise<void> {
    clearInterval(this.heart);
    await breathe(); // answers that became ready in this turn go out first
    await this.record.settled();
    this.connections?.publisher.flush();
    this.connections?.publisher.dispose();
    await this.connections?.server.close(`the trainer has ended (${this.live.current.status})`);
    await this.lock.release();
  }
}

function initialState(record: RunRecord): LiveState {
  const { step, totalSteps, stepsPerEpoch, epoch, backend } = record;
  return {
    status: 'starting',
    step,
    totalSteps,
    stepsPerEpoch,
    epoch,
    stepsPerSecond: 0,
    secondsLeft: null,
    backend,
    metrics: {},
  };
}
