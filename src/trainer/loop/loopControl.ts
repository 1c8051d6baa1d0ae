import { setImmediate as breathe, setTimeout as later } from 'node:timers/promises';
import { Deferred } from '../../common/deferred';
import { RefusedError } from '../errors/refused';

/** The run was asked to stop before its first step. */
export class StoppedError extends Error {
  override name = 'StoppedError';

  constructor() {
    super('The run was asked to stop.');
  }
}

/** Work that waits for the loop to be between two steps. */
interface PendingWork {
  /** A user waits for it with the pointer down, as for a point that is dragged. */
  readonly urgent: boolean;
  run(step: number): Promise<void>;
  cancel(error: unknown): void;
}

export interface BetweenStepsOptions {
  readonly urgent?: boolean;
}

/** At this pace, in steps per second, or a slower one every step is looked at. */
const WATCHED_PACE = 10;

/**
 * Controls the training loop from outside: pause, step, pace, stop, and a queue of work that is done between two steps. While
 * paused, the loop waits here and still does queued work.
 */
export class LoopControl {
  private queue: PendingWork[] = [];
  private arrival = new Deferred<void>();
  private stopRequested = false;
  private keepsCheckpoint = true;
  /** Steps until the loop pauses by itself; 0 while paused. */
  private allowed: number;
  /** The last of the allowed steps is to be shown. */
  private showsLast = false;
  /** Milliseconds from the beginning of a step to that of the next; 0 at full speed. */
  private interval = 0;
  /** When the last step began. */
  private begun = -Infinity;
  private pausedAt = new Deferred<number>();
  private failure: { readonly error: unknown } | undefined;
  private finished = false;
  private readonly stopped = new AbortController();

  /** @param options.paused the loop waits before its first step until it is resumed */
  constructor({ paused = false } = {}) {
    this.allowed = paused ? 0 : Number.POSITIVE_INFINITY;
  }

  get stopping(): boolean {
    return this.stopRequested;
  }

  /**
   * For long work before the loop begins: aborted when the run is to end, with {@link StoppedError} or with the error of
   * {@link abort} as its reason.
   */
  get signal(): AbortSignal {
    return this.stopped.signal;
  }

  /** Whether a run that is stopped leaves a checkpoint. */
  get checkpointAtStop(): boolean {
    return this.keepsCheckpoint;
  }

  /**
   * Queues work to be done between two steps; it receives the number of finished steps. Urgent work is done, and its
   * result delivered, before other work begins. Rejects with the error of the work, with {@link RefusedError} after the
   * last step, or with the error that ended the loop.
   */
  betweenSteps<T>(work: (step: number) => Promise<T>, { urgent = false }: BetweenStepsOptions = {}): Promise<T> {
    if (this.finished) return Promise.reject(new RefusedError('The run is ending.', 'ended'));
    const result = new Deferred<T>();
    this.queue.push({
      urgent,
      // The try also covers work that throws before it returns a promise.
      run: async (step) => {
        try {
          result.resolve(await work(step));
        } catch (error) {
          result.reject(error);
        }
      },
      cancel: (error) => result.reject(error),
    });
    this.wake();
    return result.promise;
  }

  pause(): void {
    this.allow(0);
  }

  resume(): void {
    this.allow(Number.POSITIVE_INFINITY);
  }

  /**
   * Lets `count` steps pass at full speed, then pauses. Resolves at that pause, or at the run's end, with the number of finished
   * steps.
   *
   * @param options.show whether {@link looksAt} then says that the last of them is looked at
   */
  step(count: number, { show = false } = {}): Promise<number> {
    this.allow(count);
    this.showsLast = show;
    return this.pausedAt.promise;
  }

  /** Steps per second at most, from now on; null: as many as there may be. */
  setPace(stepsPerSecond: number | null): void {
    this.interval = stepsPerSecond === null ? 0 : 1000 / stepsPerSecond;
    this.wake();
  }

  /** Steps per second at most; undefined at full speed, and so for steps that are made by {@link step}. */
  get pace(): number | undefined {
    return this.interval === 0 || this.allowed !== Number.POSITIVE_INFINITY ? undefined : 1000 / this.interval;
  }

  /** Whether the step that has just been made is looked at: it was asked for by itself, or the pace is slow. */
  get looksAt(): boolean {
    return (this.showsLast && this.allowed === 0) || (this.pace ?? Infinity) <= WATCHED_PACE;
  }

  /**
   * Ends the loop before its next step.
   *
   * @param options.checkpoint whether the run leaves a checkpoint; left out, as an earlier call said, or true
   */
  stop({ checkpoint = this.keepsCheckpoint } = {}): void {
    this.keepsCheckpoint = checkpoint;
    this.stopRequested = true;
    this.stopped.abort(this.failure === undefined ? new StoppedError() : this.failure.error);
    this.wake();
  }

  /** Ends the loop with an error, before its next step. */
  abort(error: unknown): void {
    this.failure ??= { error };
    this.stop();
  }

  /** Rejects everything that still waits for the loop, which has ended with this error. */
  cancel(error: unknown): void {
    this.finished = true;
    for (const work of this.queue.splice(0)) work.cancel(error);
    this.pausedAt.promise.catch(() => undefined); // usually nobody waits for it
    this.pausedAt.reject(error);
  }

  /**
   * The loop calls this before each step, with the number of finished steps. Does queued work, waits while paused, and
   * resolves with whether to continue. Errors of queued work reach only its caller; after {@link abort} this throws.
   *
   * @param onPause called when the wait begins and when it ends
   */
  async beforeStep(step: number, onPause: (paused: boolean) => Promise<void>): Promise<boolean> {
    await this.drain(step);
    await this.keepPace(step);
    if (!this.stopRequested && this.allowed === 0) await this.waitWhilePaused(step, onPause);
    if (this.failure !== undefined) throw this.failure.error;
    if (this.stopRequested) return false;
    this.allowed -= 1;
    this.begun = performance.now();
    return true;
  }

  /** The loop calls this after its last step: the queue is drained once more, and later work is refused. */
  async finish(step: number): Promise<void> {
    await this.drain(step);
    this.finished = true;
    for (const work of this.queue.splice(0)) await work.run(step); // arrived while the queue was drained
    this.pausedAt.resolve(step);
  }

  private async waitWhilePaused(step: number, onPause: (paused: boolean) => Promise<void>): Promise<void> {
    await onPause(true);
    while (!this.stopRequested && this.allowed === 0) {
      this.pausedAt.resolve(step);
      this.pausedAt = new Deferred();
      await this.arrival.promise;
      await this.drain(step);
    }
    // After an abort the run may belong to another process, so its status is left alone.
    if (this.failure === undefined) await onPause(false);
  }

  /** Waits until the next step is due at the pace; queued work is done, and a pause or a stop noticed, meanwhile. */
  private async keepPace(step: number): Promise<void> {
    while (!this.stopRequested && this.pace !== undefined) {
      const milliseconds = this.begun + this.interval - performance.now();
      if (milliseconds <= 0) return;
      const due = new AbortController();
      await Promise.race([this.arrival.promise, later(milliseconds, undefined, due).catch(() => undefined)]);
      due.abort();
      await this.drain(step);
    }
  }

  private async drain(step: number): Promise<void> {
    this.arrival = new Deferred();
    await this.runPending(step, (work) => work.urgent);
    await this.runPending(step, (work) => !work.urgent);
    // Urgent requests may have arrived meanwhile: serve them once, then return to training.
    await this.runPending(step, (work) => work.urgent);
  }

  /** Runs the work of one kind that is queued now. Whatever follows blocks the thread, so answers may leave before it. */
  private async runPending(step: number, kind: (work: PendingWork) => boolean): Promise<void> {
    const due = this.queue.filter(kind);
    if (due.length === 0) return;
    this.queue = this.queue.filter((work) => !kind(work));
    for (const work of due) await work.run(step);
    await breathe();
  }

  private allow(steps: number): void {
    this.allowed = steps;
    this.showsLast = false;
    this.wake();
  }

  private wake(): void {
    this.arrival.resolve();
  }
}
