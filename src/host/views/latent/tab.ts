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
  /** The displayed name, which may change. */
  readonly name: () => string;
  /** Undefined while it is unknown, and when it is gone. */
  readonly subject: () => Subject | undefined;
  readonly trusted: () => boolean;
  readonly post: (message: ToPage<LatentExchanges, HostToLatent>) => void;
  /** Requests of the page that need a window. */
  readonly intend: (intent: WindowIntent['type']) => void;
  readonly saving: Pick<Handlers<LatentExchanges>, 'save' | 'saveImages'>;
  readonly warn: (message: string) => void;
}

/** Interval for progress updates: a readout that changes faster cannot be read. */
const TRAINING_MILLISECONDS = 250;

type WindowIntent = Extract<LatentToHost, { type: 'trust' | 'openRun' }>;

/** One latent explorer: connects a page to the process that answers for the model. */
export class LatentTab implements Disposable {
  private readonly store = new DisposableStore();
  private readonly link: LatentLink;
  private readonly channel: HostChannel<LatentExchanges, LatentToHost, HostToLatent>;
  private requests: LatentRequests;
  private state: LatentSource['state'] = { kind: 'starting', activity: 'looking for the run' };
  private found: Pick<LatentSource, 'checkpoints' | 'run'> = { checkpoints: [] };
  private readonly soon = this.store.add(new Throttle(TRAINING_MILLISECONDS, () => this.tellTraining()));
  private training: LatentTraining | undefined;
  /** Whether the page has reported ready; nothing is sent before that. */
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

  /** Connects again: there is now a subject, a live run, or trust. */
  connect(): void {
    if (this.options.subject() === undefined) return;
    void this.link.connect();
    // The name of the run is shown before its weights are loaded.
    void this.list();
  }

  /** The subject does not exist. */
  lost(message: string): void {
    this.turn({ kind: 'problem', message });
  }

  /** The name has changed. */
  retell(): void {
    if (this.listening) this.channel.post({ type: 'source', source: this.source });
  }

  /** Handles messages of the page. */
  receive(data: unknown): Promise<void> {
    return this.channel.receive(data);
  }

  dispose(): void {
    this.listening = false;
    this.store.dispose();
  }

  private ready(): void {
    // The process may still be busy with requests of the previous page; the new page should not wait for them.
    this.requests = new LatentRequests(this.link);
    this.listening = true;
    this.retell();
    this.tellTraining();
    // Following was requested by the previous page, which is gone.
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
    if (subject === undefined) throw new Error('The run is no longer in its folder.');
    return subject;
  }

  private turn(state: LatentSource['state']): void {
    this.state = state;
    this.retell();
    if (state.kind === 'ready') void this.list();
  }

  /** Only while the run answers; an ended run has no progress to report. */
  private tellTraining(): void {
    if (this.listening && this.isLive && this.training) this.channel.post({ type: 'training', ...this.training });
  }

  /** Reads the list of checkpoints, and sends it to the page if it has changed. */
  private async list(): Promise<void> {
    const subject = this.options.subject();
    const { checkpoints, run = this.found.run } =
      subject === undefined ? { checkpoints: [] } : await checkpointsOf(subject);
    // A live run removes its older checkpoints; the opened one is kept in memory, so it is still listed.
    const found = { checkpoints, ...(run !== undefined && { run }) };
    if (JSON.stringify(found) === JSON.stringify(this.found)) return;
    this.found = found;
    this.retell();
  }
}
