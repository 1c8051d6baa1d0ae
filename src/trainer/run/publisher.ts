import type { Disposable } from '../../common/disposable';
import type { LiveState } from '../../protocol/control';
import type { ControlServer } from '../socket/controlServer';
import type { LiveStatus } from './live';

/** How long what is logged waits for watchers to see it; without watchers the log has its own, slower pace. */
const LOG_MILLISECONDS = 50;
/** At most ten states a second; the last one always gets through. */
const STATE_MILLISECONDS = 100;

/** Passes on to the clients what happens in the trainer: log bytes as they are written, states thinned out. */
export class Publisher implements Disposable {
  private readonly sizes = new Map<string, number>();
  private readonly subscription: Disposable;
  private pump: NodeJS.Timeout | undefined;
  private timer: NodeJS.Timeout | undefined;
  private due = 0;
  private status: LiveState['status'];

  constructor(
    private readonly server: ControlServer,
    private readonly live: LiveStatus,
  ) {
    this.status = live.current.status;
    this.subscription = live.onChange((state) => this.changed(state));
  }

  /** Event files of this session and how long they are. */
  get logs(): readonly { readonly file: string; readonly size: number }[] {
    return [...this.sizes].map(([file, size]) => ({ file, size }));
  }

  /** While somebody watches, the log is written as often as an eye can follow. */
  follow(log: { flush(): Promise<void> }): void {
    clearInterval(this.pump);
    this.pump = setInterval(() => {
      // A log that cannot be written tells the run itself.
      if (this.server.hasClients) void log.flush().catch(() => undefined);
    }, LOG_MILLISECONDS);
    this.pump.unref();
  }

  /** The very bytes that were appended to an event file. */
  appended(file: string, offset: number, bytes: Uint8Array): void {
    this.sizes.set(file, offset + bytes.length);
    this.server.broadcast({ type: 'log', file, offset }, bytes);
  }

  checkpointWritten(file: string, step: number): void {
    this.server.broadcast({ type: 'checkpoint', file, step });
  }

  /** Sends the newest state now. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.due = performance.now() + STATE_MILLISECONDS;
    this.server.broadcast({ type: 'state', state: this.live.current });
  }

  dispose(): void {
    clearInterval(this.pump);
    clearTimeout(this.timer);
    this.subscription.dispose();
  }

  private changed(state: LiveState): void {
    const turned = state.status !== this.status;
    this.status = state.status;
    if (turned || performance.now() >= this.due) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), Math.max(0, this.due - performance.now()));
  }
}
