import { errorMessage } from '../../src/common/systemError';
import {
  cancelled,
  RequestError,
  type Exchanges,
  type MethodOf,
  type ProgressOf,
  type Reply,
  type RequestMessage,
  type ToHost,
  type ToPage,
} from '../../src/protocol/channel';
import { claimsToBePacked, unpack } from '../../src/protocol/packing';
import { Recovery } from './recovery';

/** The API that VS Code gives a page once: a connection to the extension, and state that outlives the page. */
export interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

interface Own {
  readonly type: string;
  readonly id?: never;
}

/** Handlers of the host's messages to the view, by type. */
export type Listeners<In extends Own> = {
  readonly [T in In['type']]: (message: Extract<In, { readonly type: T }>) => void;
};

export interface RequestOptions<P> {
  /** If aborted, the request rejects immediately and the host is told. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: P) => void;
}

interface Pending {
  resolve(answer: unknown): void;
  reject(error: RequestError): void;
  readonly onProgress: ((progress: never) => void) | undefined;
}

/**
 * A page's end of its channel to the host. Requests are typed by `R`, the view's own messages by `Out` and `In`. Every
 * request settles: with its answer, or with a {@link RequestError}. If a message arrives damaged, the page requests
 * everything again, once.
 */
export class Channel<R extends Exchanges<R>, Out extends { readonly type: string }, In extends Own> {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  protected readonly recovery = new Recovery(() => this.ready());

  constructor(readonly editor: EditorApi = acquireVsCodeApi()) {}

  /** The error to show if requesting everything again did not help. */
  get trouble(): HTMLElement {
    return this.recovery.node;
  }

  /**
   * Starts listening and sends `ready`. Messages of the host are packed; messages that others post to the page (browser
   * extensions, the editor itself) and those without a listener are ignored.
   */
  listen(listeners: Listeners<In>): void {
    window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!claimsToBePacked(data)) return;
      let message: unknown;
      try {
        message = unpack(data);
      } catch (error) {
        return this.lose(errorMessage(error));
      }
      // The host has the same version, and its messages are typed where they are sent.
      if (typeof message === 'object' && message !== null && 'type' in message) {
        this.dispatch(message as ToPage<R, In>, listeners);
      }
    });
    this.ready();
  }

  /** Requests everything from the host, which then forgets earlier requests. */
  ready(): void {
    this.rejectAll('The view was reloaded.');
    this.send({ type: 'ready' });
  }

  post(message: Out): void {
    this.send(message);
  }

  /** Rejects with {@link RequestError}. */
  async request<M extends MethodOf<R>>(
    method: M,
    parameters: R[M]['request'],
    { signal, onProgress }: RequestOptions<ProgressOf<R[M]>> = {},
  ): Promise<R[M]['answer']> {
    if (signal?.aborted) throw cancelled();
    const id = ++this.lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.pending.set(id, { resolve, reject, onProgress }));
    const cancel = () => {
      this.send({ type: 'cancel', id });
      this.pending.get(id)?.reject(cancelled());
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      this.send({ type: 'request', id, method, parameters } as RequestMessage<R>);
      return await answer;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.pending.delete(id);
    }
  }

  private send(message: ToHost<R, Out>): void {
    this.editor.postMessage(message);
  }

  private dispatch(message: ToPage<R, In>, listeners: Listeners<In>): void {
    if (isReply<R>(message)) return this.settle(message);
    if (!Object.hasOwn(listeners, message.type)) return;
    // A listener receives only messages of its own type.
    const listener = listeners[message.type as In['type']] as (own: unknown) => void;
    listener(message);
  }

  private settle(reply: Reply<R>): void {
    const pending = this.pending.get(reply.id);
    if (reply.type === 'progress') pending?.onProgress?.(reply.progress as never);
    else if (reply.type === 'answer') pending?.resolve(reply.value);
    else pending?.reject(new RequestError(reply.message, reply.code));
  }

  /** It is unknown which request the damaged message answered. */
  private lose(reason: string): void {
    this.rejectAll(`The answer did not arrive: ${reason}.`);
    this.recovery.failed(reason);
  }

  private rejectAll(message: string): void {
    for (const { reject } of this.pending.values()) reject(new RequestError(message, 'gone'));
    this.pending.clear();
  }
}

/** The view's own messages have no id. */
function isReply<R extends Exchanges<R>>(message: object): message is Reply<R> {
  return 'id' in message;
}
