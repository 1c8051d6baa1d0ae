import { DisposableStore, type Disposable } from '../../../common/disposable';
import type { HostToLatent, LatentIntent, LatentSource, LatentTraining } from '../../../protocol/latent';
import type { Studio } from '../../studio';
import { Throttle } from '../../ui/throttle';
import { LatentLink } from './link';
import { LatentRequests } from './requests';
import { checkpointFileOf, checkpointsOf, trainerAddress, type Subject } from './subject';

export interface TabOptions {
  readonly launcher: Pick<Studio['launcher'], 'attach' | 'open'>;
  readonly key: string;
  /** As people know it; it may change. */
  readonly name: () => string;
  /** Undefined while it is not known, and when it is gone. */
  readonly subject: () => Subject | undefined;
  readonly trusted: () => boolean;
  readonly post: (message: HostToLatent) => void;
}

/** How often the page is told how far the run is: a readout that changes faster is not read. */
const TRAINING_MILLISECONDS = 250;

/** What the page asks that needs a window: it is done elsewhere. */
export type WindowIntent = Extract<LatentIntent, { type: 'trust' | 'openRun' | 'save' | 'saveImages' }>;

/** One latent explorer: a page on one side, what answers for the model on the other. */
export class LatentTab implements Disposable {
  private readonly store = new DisposableStore();
  private readonly link: LatentLink;
  private readonly requests: LatentRequests;
  private state: LatentSource['state'] = { kind: 'starting', activity: 'looking for the run' };
  private found: Pick<LatentSource, 'checkpoints' | 'run'> = { checkpoints: [] };
  private readonly soon = this.store.add(new Throttle(TRAINING_MILLISECONDS, () => this.tellTraining()));
  private training: LatentTraining | undefined;
  /** The page has said that it is there; it is told nothing before. */
  private listening = false;

  constructor(private readonly options: TabOptions) {
    const { launcher, trusted, post } = options;
    this.link = this.store.add(
      new LatentLink({
        trusted,
        attach: async () => {
          const address = await trainerAddress(this.subject());
          return address === undefined ? undefined : launcher.attach(address);
        },
        inspect: async () => launcher.open(await checkpointFileOf(this.subject())),
        onState: (state) => this.turn(state),
        onTraining: (training) => {
          this.training = training;
          this.soon.ask();
        },
        onLatents: (event) => post({ type: 'latents', ...event }),
        onCheckpoint: () => void this.list(),
      }),
    );
    this.requests = new LatentRequests(this.link, post);
  }

  /** Whether a live run answers. */
  get isLive(): boolean {
    return this.link.isLive;
  }

  /** Looks for what can answer, from the start: there is a subject now, or a live run, or trust. */
  connect(): void {
    if (this.options.subject() === undefined) return;
    void this.link.connect();
    // Whose checkpoint a file is should stand there before its weights are loaded.
    void this.list();
  }

  /** There is nothing that the tab could be about. */
  lost(message: string): void {
    this.turn({ kind: 'problem', message });
  }

  /** The name has changed. */
  retell(): void {
    if (this.listening) this.options.post({ type: 'source', source: this.source });
  }

  take(intent: Exclude<LatentIntent, WindowIntent>): void {
    switch (intent.type) {
      case 'ready':
        this.requests.forget();
        this.listening = true;
        this.retell();
        this.tellTraining();
        // What the page before followed is not what this one shows.
        return this.link.follow({ count: 1, every: 0 });
      case 'request':
        return this.requests.take(intent);
      case 'cancel':
        return this.requests.cancel(intent.id);
      case 'follow':
        return this.link.follow({ count: intent.count, every: intent.every });
      case 'restart':
        return this.connect();
    }
  }

  dispose(): void {
    this.listening = false;
    this.store.dispose();
  }

  private get source(): LatentSource {
    const { key, name } = this.options;
    return { key, name: name(), state: this.state, ...this.found };
  }

  private subject(): Subject {
    const subject = this.options.subject();
    if (subject === undefined) throw new Error('The run is not in its folder any more.');
    return subject;
  }

  private turn(state: LatentSource['state']): void {
    this.state = state;
    this.retell();
    if (state.kind === 'ready') void this.list();
  }

  /** Only while it is what answers: of one that has ended there is nothing to say. */
  private tellTraining(): void {
    if (this.listening && this.isLive && this.training) this.options.post({ type: 'training', ...this.training });
  }

  /** Reads which checkpoints there are; the page is told where they are others. */
  private async list(): Promise<void> {
    const subject = this.options.subject();
    const { checkpoints, run = this.found.run } =
      subject === undefined ? { checkpoints: [] } : await checkpointsOf(subject);
    // A run continues and removes its older checkpoints; the one that is held is its own nevertheless.
    const found = { checkpoints, ...(run !== undefined && { run }) };
    if (JSON.stringify(found) === JSON.stringify(this.found)) return;
    this.found = found;
    this.retell();
  }
}
