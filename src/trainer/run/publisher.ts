import { toDisposable, type Disposable } from '../../common/disposable';
import type { LiveState } from '../../protocol/control';
import type { Clients } from '../socket/clients';
import type { LiveStatus } from './live';

/** How often the log is flushed while clients watch; otherwise it is flushed at its own, slower pace. */
const LOG_MILLISECONDS = 50;
/** At most ten states a second; the last one is always sent. */
const STATE_MILLISECONDS = 100;

/** Sends the clients what happens in the trainer: log bytes as they are written, and states, at a limited rate. */
export class Publisher implements Disposable {
  private readonly sizes = new Map<string, number>();
  private readonly subscription: Disposable;
  private timer: NodeJS.Timeout | undefined;
  private due = 0;
  private status: LiveState['status'];

  constructor(
    private readonly clients: Clients,
    private readonly live: LiveStatus,
  ) {
    this.status = live.current.status;
    this.subscription = live.onChange((state) => this.changed(state));
  }

  /** Event files of this session and their lengths in bytes. */
  get logs(): readonly { readonly file: string; readonly size: number }[] {
    return [...this.sizes].map(([file, size]) => ({ file, size }));
  }

  /** Flushes the log many times a second while there are clients, until it is disposed of. */
  flushWhileWatched(log: { flush(): Promise<void> }): Disposable {
    const timer = setInterval(() => {
      // The log reports a failed write to the run itself.
      if (this.clients.count > 0) void log.flush().catch(() => undefined);
    }, LOG_MILLISECONDS);
    timer.unref();
    return toDisposable(() => clearInterval(timer));
  }

  /** The very bytes that were appended to an event file. */
  appended(file: string, offset: number, bytes: Uint8Array): void {
    this.sizes.set(file, offset + bytes.length);
    this.clients.broadcast({ type: 'log', file, offset }, bytes);
  }

  checkpointWritten(file: string, step: number): void {
    this.clients.broadcast({ type: 'checkpoint', file, step });
  }

  /** Sends the newest state now. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.due = performance.now() + STATE_MILLISECONDS;
    this.clients.broadcast({ type: 'state', state: this.live.current });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
  }

  private changed(state: LiveState): void {
    const statusChanged = state.status !== this.status;
    this.status = state.status;
    if (statusChanged || performance.now() >= this.due) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), Math.max(0, this.due - performance.now()));
  }
}
