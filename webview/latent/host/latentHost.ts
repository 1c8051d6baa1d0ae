import { Deferred } from '../../../src/common/deferred';
import { Emitter } from '../../../src/common/emitter';
import type {
  HostToLatent,
  LatentInput,
  LatentMethod,
  LatentResults,
  LatentSource,
  LatentToHost,
  LatentTraining,
} from '../../../src/protocol/latent';
import { listenToHost } from '../../shared/hostMessages';
import { Recovery } from '../../shared/recovery';

/** As many images as the host writes at once. */
export const MOST_SAVED_IMAGES = 1_000;

/** What VS Code gives a webview, once. */
export interface LatentApi {
  postMessage(message: LatentToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): LatentApi;

/** A request that was not answered; the message is for people. */
export class RequestError extends Error {
  override name = 'RequestError';

  constructor(
    /** `cancelled` by the view itself, and `gone` where the process ended first. */
    readonly code: 'refused' | 'gone' | 'cancelled',
    message: string,
  ) {
    super(message);
  }
}

export interface Answer<M extends LatentMethod> {
  readonly value: LatentResults[M];
  readonly body: Uint8Array;
}

export type LatentsMessage = Extract<HostToLatent, { type: 'latents' }>;
type SavedMessage = Extract<HostToLatent, { type: 'saved' }>;
/** What a save dialog came to. */
export type Saved = Pick<SavedMessage, 'name' | 'problem'>;

const TYPES: readonly HostToLatent['type'][] = ['source', 'answer', 'failure', 'latents', 'training', 'saved'];

/** The view's end of the conversation with the host. */
export class LatentHost {
  private readonly requests = new Map<number, Deferred<Answer<LatentMethod>>>();
  private readonly saves = new Map<number, Deferred<Saved>>();
  private readonly sourced = new Emitter<LatentSource>();
  private readonly followed = new Emitter<LatentsMessage>();
  private readonly trained = new Emitter<LatentTraining>();
  readonly onSource = this.sourced.event;
  readonly onLatents = this.followed.event;
  readonly onTraining = this.trained.event;
  private last = 0;
  private readonly recovery = new Recovery(() => this.post({ type: 'ready' }));

  constructor(readonly api: LatentApi) {}

  static acquire(): LatentHost {
    return new LatentHost(acquireVsCodeApi());
  }

  /** What has to be said where asking for everything did not help. */
  get trouble(): HTMLElement {
    return this.recovery.node;
  }

  /** Starts listening, and says so. */
  start(): void {
    listenToHost<HostToLatent>(
      TYPES,
      (message) => this.receive(message),
      (reason) => this.lose(reason),
    );
    this.post({ type: 'ready' });
  }

  post(message: LatentToHost): void {
    this.api.postMessage(message);
  }

  /**
   * Asks the model. Rejects with {@link RequestError}; with code `cancelled` as soon as `signal` says so.
   * @param numbers the request's body
   */
  async request<M extends LatentMethod>(
    method: M,
    parameters: LatentInput<M>,
    { body, signal }: { readonly body?: Uint8Array; readonly signal?: AbortSignal } = {},
  ): Promise<Answer<M>> {
    const id = ++this.last;
    const answer = new Deferred<Answer<LatentMethod>>();
    const cancel = () => {
      this.post({ type: 'cancel', id });
      answer.reject(new RequestError('cancelled', 'Cancelled.'));
    };
    if (signal?.aborted) throw new RequestError('cancelled', 'Cancelled.');
    this.requests.set(id, answer);
    signal?.addEventListener('abort', cancel, { once: true });
    this.post({ type: 'request', id, method, parameters, ...(body && { body }) } as LatentToHost);
    try {
      // The host answers with the result of the method that was asked for.
      return (await answer.promise) as Answer<M>;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.requests.delete(id);
    }
  }

  /** Hands a file to the host's save dialog. */
  save(kind: 'csv' | 'png' | 'gif', name: string, bytes: Uint8Array): Promise<Saved> {
    return this.saving((id) => ({ type: 'save', id, kind, name: fileName(name), bytes }));
  }

  /** Hands images (PNG) to the host, which asks for a folder. @param of how many were selected, of which they are the first */
  saveImages(images: readonly { readonly name: string; readonly bytes: Uint8Array }[], of: number): Promise<Saved> {
    return this.saving((id) => ({
      type: 'saveImages',
      id,
      of,
      images: images.map(({ name, bytes }) => ({ name: fileName(name), bytes })),
    }));
  }

  private async saving(message: (id: number) => LatentToHost): Promise<Saved> {
    const id = ++this.last;
    const saved = new Deferred<Saved>();
    this.saves.set(id, saved);
    this.post(message(id));
    try {
      return await saved.promise;
    } finally {
      this.saves.delete(id);
    }
  }

  /** Nobody knows whose answer it was, and a host that is asked for everything forgets what was asked before. */
  private lose(reason: string): void {
    const error = new RequestError('refused', `The answer did not arrive: ${reason}.`);
    for (const answer of this.requests.values()) answer.reject(error);
    this.recovery.failed(reason);
  }

  private receive(message: HostToLatent): void {
    switch (message.type) {
      case 'source':
        this.recovery.succeeded();
        return this.sourced.fire(message.source);
      case 'latents':
        return this.followed.fire(message);
      case 'training':
        return this.trained.fire(message);
      case 'answer':
        return this.requests.get(message.id)?.resolve({ value: message.value, body: message.body });
      case 'failure':
        return this.requests.get(message.id)?.reject(new RequestError(message.code, message.message));
      case 'saved':
        return this.saves.get(message.id)?.resolve(message);
    }
  }
}

/** As the host accepts it: letters, digits and dashes. */
export function fileName(wanted: string): string {
  const kept = wanted.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return kept.slice(0, 80) || 'latents';
}
