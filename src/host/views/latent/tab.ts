import { DisposableStore, type Disposable } from '../../../common/disposable';
import type { ToPage } from '../../../protocol/channel';
import {
  LATENT_METHODS,
  latentRequests,
  latentToHostSchema,
  type HostToLatent,
  type LatentExchanges,
  type LatentMethod,
  type LatentSource,
  type LatentToHost,
  type LatentTraining,
} from '../../../protocol/latent';
import type { Studio } from '../../studio';
import { HostChannel, type Handlers } from '../../ui/channel';
import { Throttle } from '../../ui/throttle';
import { LatentLink, type LatentAsk } from './link';
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
  readonly post: (message: ToPage<LatentExchanges, HostToLatent>) => void;
  /** What the page asks that needs a window. */
  readonly intend: (intent: WindowIntent['type']) => void;
  readonly saving: Pick<Handlers<LatentExchanges>, 'save' | 'saveImages'>;
  readonly warn: (message: string) => void;
}

/** How often the page is told how far the run is: a readout that changes faster is not read. */
const TRAINING_MILLISECONDS = 250;

type WindowIntent = Extract<LatentToHost, { type: 'trust' | 'openRun' }>;

/** One latent explorer: a page on one side, what answers for the model on the other. */
export class LatentTab implements Disposable {
  private readonly store = new DisposableStore();
  private readonly link: LatentLink;
  private readonly channel: HostChannel<LatentExchanges, LatentToHost, HostToLatent>;
  private requests: LatentRequests;
  private state: LatentSource['state'] = { kind: 'starting', activity: 'looking for the run' };
  private found: Pick<LatentSource, 'checkpoints' | 'run'> = { checkpoints: [] };
  private readonly soon = this.store.add(new Throttle(TRAINING_MILLISECONDS, () => this.tellTraining()));
  private training: LatentTraining | undefined;
  /** The page has said that it is there; it is told nothing before. */
  private listening = false;

  constructor(private readonly options: TabOptions) {
    const { launcher, trusted, post, saving, warn } = options;
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
        onLatents: (event) => this.channel.post({ type: 'latents', ...event }),
        onCheckpoint: () => void this.list(),
      }),
    );
    this.requests = new LatentRequests(this.link);
    this.channel = this.store.add(
      new HostChannel<LatentExchanges, LatentToHost, HostToLatent>({
        grammar: () => ({ requests: latentRequests, messages: latentToHostSchema }),
        post,
        ready: () => this.ready(),
        take: (message) => this.take(message),
        handlers: { ...this.answersOfModel(), ...saving },
        warn,
      }),
    );
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
    if (this.listening) this.channel.post({ type: 'source', source: this.source });
  }

  /** Takes what the page says. */
  receive(data: unknown): Promise<void> {
    return this.channel.receive(data);
  }

  dispose(): void {
    this.listening = false;
    this.store.dispose();
  }

  private ready(): void {
    // The process may still be busy with what the page before asked for: this one does not wait for it.
    this.requests = new LatentRequests(this.link);
    this.listening = true;
    this.retell();
    this.tellTraining();
    // What the page before followed is not what this one shows.
    this.link.follow({ count: 1, every: 0 });
  }

  private take(message: LatentToHost): void {
    switch (message.type) {
      case 'follow':
        return this.link.follow({ count: message.count, every: message.every });
      case 'restart':
        return this.connect();
      default:
        return this.options.intend(message.type);
    }
  }

  private answersOfModel(): Pick<Handlers<LatentExchanges>, LatentMethod> {
    const answer =
      (method: LatentMethod) =>
      (parameters: object, { signal }: { readonly signal: AbortSignal }) =>
        this.requests.request({ method, parameters } as LatentAsk, signal);
    // The process answers each method with that method's result.
    return Object.fromEntries(LATENT_METHODS.map((method) => [method, answer(method)])) as unknown as Pick<
      Handlers<LatentExchanges>,
      LatentMethod
    >;
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
    if (this.listening && this.isLive && this.training) this.channel.post({ type: 'training', ...this.training });
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
