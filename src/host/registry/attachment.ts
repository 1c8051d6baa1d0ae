import { errorMessage } from '../../common/systemError';
import type { Disposable } from '../../common/disposable';
import { Emitter } from '../../common/emitter';
import type { LiveState } from '../../protocol/control';
import type { Logs, TrainerAddress, Trainers, TrainerWatch } from './ports';

/**
 * Our connection to the trainer of one run, as a watcher: states are reported through {@link onChange}, log bytes go to
 * the decoder. It is made on request and lost when the trainer ends; losing it is an event, not an error.
 */
export class Attachment implements Disposable {
  private watch: TrainerWatch | undefined;
  private connecting: Promise<void> | undefined;
  private ended = false;
  private readonly changes = new Emitter<'state' | 'attached' | 'detached' | 'refused'>();
  /** Why the last attempt failed, for users. */
  problem: string | undefined;
  /** The trainer's last message, once it has ended. */
  lastWords: LiveState | undefined;

  readonly onChange = this.changes.event;

  constructor(
    private readonly address: TrainerAddress,
    private readonly trainers: Trainers,
    private readonly logs: Pick<Logs, 'feed'>,
  ) {}

  get live(): LiveState | undefined {
    return this.watch?.state;
  }

  get trainer(): { readonly pid: number } | undefined {
    return this.watch;
  }

  /** Connects unless connected. Never rejects: {@link problem} says why it failed. */
  ensure(): Promise<void> {
    if (this.watch !== undefined || this.ended) return Promise.resolve();
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  dispose(): void {
    this.ended = true;
    this.changes.dispose();
    this.watch?.dispose();
    this.watch = undefined;
  }

  private async connect(): Promise<void> {
    try {
      const watch = await this.trainers.watch(this.address);
      if (this.ended) return watch.dispose();
      this.adopt(watch);
    } catch (error) {
      this.problem = errorMessage(error);
      this.changes.fire('refused');
    }
  }

  private adopt(watch: TrainerWatch): void {
    this.watch = watch;
    this.problem = undefined;
    watch.onState(() => this.changes.fire('state'));
    watch.onLog(({ file, offset, bytes }) => this.logs.feed(this.address.expectedPath, file, offset, bytes));
    watch.onClose(() => {
      if (this.watch !== watch) return;
      this.lastWords = watch.state;
      this.watch = undefined;
      this.changes.fire('detached');
    });
    this.changes.fire('attached');
  }
}
