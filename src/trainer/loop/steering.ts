import { setImmediate as breathe } from 'node:timers/promises';
import { Deferred } from '../../common/deferred';
import { RefusedError } from '../errors/refused';

/** Work that waits for the loop to be between two steps. */
interface Act {
  /** A hand waits for it. */
  readonly urgent: boolean;
  run(step: number): Promise<void>;
  cancel(error: unknown): void;
}

/**
 * How the outside steers the loop: what is asked for waits here until the loop is between two steps. While paused, the
 * loop waits here too and still does what is asked.
 */
export class Steering {
  private acts: Act[] = [];
  private arrival = new Deferred<void>();
  private stopRequested = false;
  /** Steps until the loop pauses by itself; 0 while paused. */
  private allowed = Number.POSITIVE_INFINITY;
  private resting = new Deferred<number>();

  private failure: { readonly error: unknown } | undefined;
  private finished = false;

  /** Told when the loop begins and ends to rest. */
  onRest: (resting: boolean) => Promise<void> = () => Promise.resolve();

  get stopping(): boolean {
    return this.stopRequested;
  }

  /**
   * Does the work between two steps; it is told how many steps are finished. What is urgent, for which a hand waits, goes
   * before what is not, and is answered before that begins.
   */
  between<T>(work: (step: number) => Promise<T>, { urgent = false } = {}): Promise<T> {
    if (this.finished) return Promise.reject(new RefusedError('The run is ending.', 'ended'));
    const result = new Deferred<T>();
    this.acts.push({
      urgent,
      // Inside of a promise from the start: what is thrown before the first wait is for the asker too.
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

  /** Lets so many steps pass, then pauses; resolves with the number of finished steps when it does. */
  step(count: number): Promise<number> {
    this.allow(count);
    return this.resting.promise;
  }

  stop(): void {
    this.stopRequested = true;
    this.wake();
  }

  /** The loop has failed: whoever still waits for it hears why. */
  cancel(error: unknown): void {
    this.finished = true;
    for (const act of this.acts.splice(0)) act.cancel(error);
    this.resting.promise.catch(() => undefined); // as a rule nobody waits
    this.resting.reject(error);
  }

  /** Ends the loop with an error, at the next gate. */
  abort(error: unknown): void {
    this.failure ??= { error };
    this.stop();
  }

  /**
   * The loop calls this before each step, with the number of finished steps. Resolves with whether to continue. Work that
   * throws is for its asker to hear of and does not end the loop; after {@link abort} this throws.
   */
  async gate(step: number): Promise<boolean> {
    await this.work(step);
    if (!this.stopRequested && this.allowed === 0) await this.rest(step);
    if (this.failure !== undefined) throw this.failure.error;
    if (this.stopRequested) return false;
    this.allowed -= 1;
    return true;
  }

  /** There are no steps any more: the last acts are done, later ones are refused. */
  async finish(step: number): Promise<void> {
    await this.work(step);
    this.finished = true;
    for (const act of this.acts.splice(0)) await act.run(step); // what came while that was done
    this.resting.resolve(step);
  }

  private async rest(step: number): Promise<void> {
    await this.onRest(true);
    while (!this.stopRequested && this.allowed === 0) {
      this.resting.resolve(step);
      this.resting = new Deferred();
      await this.arrival.promise;
      await this.work(step);
    }
    // After an abort nothing more is to be said of the run: it may be somebody else's by now.
    if (this.failure === undefined) await this.onRest(false);
  }

  private async work(step: number): Promise<void> {
    this.arrival = new Deferred();
    await this.carryOut(step, (act) => act.urgent);
    await this.carryOut(step, (act) => !act.urgent);
    // That took its time, and others have asked meanwhile. No more rounds: the run is to continue, too.
    await this.carryOut(step, (act) => act.urgent);
  }

  /** Does what is there now, of one kind. What follows keeps the thread, so answers are given a turn to leave before it. */
  private async carryOut(step: number, kind: (act: Act) => boolean): Promise<void> {
    const due = this.acts.filter(kind);
    if (due.length === 0) return;
    this.acts = this.acts.filter((act) => !kind(act));
    for (const act of due) await act.run(step);
    await breathe();
  }

  private allow(steps: number): void {
    this.allowed = steps;
    this.wake();
  }

  private wake(): void {
    this.arrival.resolve();
  }
}
