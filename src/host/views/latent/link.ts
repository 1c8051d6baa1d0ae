import type { Disposable } from '../../../common/disposable';
import { RequestError } from '../../../protocol/channel';
import type {
  FollowParameters,
  LatentAnswer,
  LatentExchanges,
  LatentMethod,
  LatentsEvent,
  LatentSource,
  LatentTraining,
} from '../../../protocol/latent';
import { errorMessage } from '../../../runs/error';
import type { ModelClient } from '../../studio';

export interface LinkOptions {
  /** Connects to the run's live trainer; undefined if there is none. */
  readonly attach: () => Promise<ModelClient | undefined>;
  /** Starts an inspector of the opened checkpoint (of a run: its newest). Rejects with a message for users. */
  readonly inspect: () => Promise<ModelClient>;
  /** Whether a process may be started or contacted. */
  readonly trusted: () => boolean;
  readonly onState: (state: LatentSource['state']) => void;
  /** The run continues, or is paused. Only reported while the run answers. */
  readonly onTraining: (training: LatentTraining) => void;
  readonly onLatents: (event: LatentsEvent & { readonly body: Uint8Array }) => void;
  /** The run has a new checkpoint. */
  readonly onCheckpoint: () => void;
}

/** Requests to a model. */
export type LatentAsk = {
  readonly [M in LatentMethod]: { readonly method: M; readonly parameters: LatentExchanges[M]['request'] };
}[LatentMethod];

const REMEDY = 'Try again; if it happens again, see the output channel of Latent Studio.';

/**
 * Answers requests about the model of one tab: through the run's own trainer while it lives, otherwise through an
 * inspector, which is kept until the tab is closed. Weights of an earlier checkpoint need an inspector even beside a
 * live run.
 */
export class LatentLink implements Disposable {
  private live: ModelClient | undefined;
  private inspector: Promise<ModelClient> | undefined;
  private followed: FollowParameters | undefined;
  /** Incremented for each connection; events of an earlier one are ignored. */
  private generation = 0;
  private disposed = false;

  constructor(private readonly options: LinkOptions) {}

  /** Whether a live run answers. */
  get isLive(): boolean {
    return this.live !== undefined;
  }

  /** Connects again from scratch. Never rejects: progress and failure are reported as the state. */
  async connect(): Promise<void> {
    const mine = this.letGo();
    const { options } = this;
    if (this.disposed) return;
    if (!options.trusted()) return options.onState({ kind: 'untrusted' });
    try {
      options.onState({ kind: 'starting', activity: 'looking for a trainer' });
      const live = await options.attach();
      if (mine !== this.generation) return live?.dispose();
      if (live !== undefined) return this.joined(live, mine);
      options.onState({ kind: 'starting', activity: 'loading the checkpoint' });
      await this.inspecting();
      if (mine === this.generation) options.onState({ kind: 'ready', live: false });
    } catch (error) {
      if (mine === this.generation) options.onState({ kind: 'problem', message: errorMessage(error) });
    }
  }

  /** Rejects with {@link RequestError}: with the process's refusal, or with `gone`. */
  async request({ method, parameters: all }: LatentAsk): Promise<LatentAnswer<LatentMethod>> {
    if (!this.options.trusted()) throw noProcess();
    const { body, ...parameters } = all as { readonly body?: Uint8Array; readonly at?: number };
    const earlier = parameters.at !== undefined;
    try {
      const client = this.live !== undefined && !earlier ? this.live : await this.inspectingFor(earlier);
      return await client.request(method, parameters, body);
    } catch (error) {
      throw error instanceof RequestError ? error : new RequestError(errorMessage(error), 'gone');
    }
  }

  /** Follows the live run, also after its next resume. */
  follow(parameters: FollowParameters): void {
    this.followed = parameters.every === 0 ? undefined : parameters;
    // A run that cannot be followed (it has no encoder) has said so in its description.
    void this.live?.request('follow', parameters).catch(() => undefined);
  }

  dispose(): void {
    this.disposed = true;
    this.letGo();
  }

  /** Ends everything of this generation. Returns the number of the next one. */
  private letGo(): number {
    const { live, inspector } = this;
    this.live = undefined;
    this.inspector = undefined;
    this.generation += 1;
    live?.dispose();
    inspector?.then(
      (client) => client.dispose(),
      () => undefined,
    );
    return this.generation;
  }

  private joined(live: ModelClient, mine: number): void {
    const { options } = this;
    this.live = live;
    live.onLatents((event) => mine === this.generation && options.onLatents(event));
    live.onCheckpoint(() => mine === this.generation && options.onCheckpoint());
    live.onClose(() => {
      // The trainer has ended: its newest checkpoint answers from now on, and pending requests are rejected.
      if (mine === this.generation) void this.connect();
    });
    const begun = () => live.state.status !== 'starting' && live.state.status !== 'created';
    const tell = () => {
      if (mine !== this.generation) return;
      const { step, status } = live.state;
      if (told) return options.onTraining({ step, paused: status === 'paused' });
      told = begun();
      if (!told) return options.onState({ kind: 'starting', activity: live.state.activity ?? 'starting' });
      options.onState({ kind: 'ready', live: true });
      options.onTraining({ step, paused: status === 'paused' });
      if (this.followed !== undefined) this.follow(this.followed);
    };
    let told = false;
    live.onState(tell);
    tell();
  }

  /**
   * Beside a live run, an inspector is started only for an earlier checkpoint; otherwise it exists already, or there is
   * none.
   */
  private inspectingFor(earlier: boolean): Promise<ModelClient> {
    if (this.inspector !== undefined || (earlier && this.live !== undefined)) return this.inspecting();
    return Promise.reject(noProcess());
  }

  private inspecting(): Promise<ModelClient> {
    if (this.inspector !== undefined) return this.inspector;
    const mine = this.generation;
    const starting = this.options.inspect().then((client) => {
      client.onClose((reason) => this.ended(starting, mine, reason));
      return client;
    });
    this.inspector = starting;
    starting.catch(() => {
      if (this.inspector === starting) this.inspector = undefined;
    });
    return starting;
  }

  /** An inspector that ended on its own has crashed, or was killed because of its memory. */
  private ended(which: Promise<ModelClient>, mine: number, reason: string): void {
    if (mine !== this.generation || this.inspector !== which) return;
    this.inspector = undefined;
    if (this.live !== undefined) return; // The next request for an earlier checkpoint starts another one.
    const message = `The process that held the model has ended: ${reason}.`;
    this.options.onState({ kind: 'problem', message, remedy: REMEDY });
  }
}

function noProcess(): RequestError {
  return new RequestError('No process is available to answer.', 'gone');
}
