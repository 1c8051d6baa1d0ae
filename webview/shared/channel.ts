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

/** What VS Code gives a page, once: a way to the extension, and a state that outlives the page. */
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

/** What takes the view's own messages of the host, by type. */
export type Listeners<In extends Own> = {
  readonly [T in In['type']]: (message: Extract<In, { readonly type: T }>) => void;
};

export interface RequestOptions<P> {
  /** The request rejects as soon as it is aborted, and the host is told. */
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
 * request settles: with its answer, or with a {@link RequestError}. After a message that did not arrive as it was sent the
 * page asks for everything, once.
 */
export class Channel<R extends Exchanges<R>, Out extends { readonly type: string }, In extends Own> {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  protected readonly recovery = new Recovery(() => this.ready());

  constructor(readonly editor: EditorApi = acquireVsCodeApi()) {}

  /** What has to be said where asking for everything did not help. */
  get trouble(): HTMLElement {
    return this.recovery.node;
  }

  /**
   * Starts listening, and says so. Messages of the host are packed; what others post to the page (browser extensions, the
   * editor itself) and what has no listener is passed over.
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
      // The host is of our own version, and what it says is typed where it is sent.
      if (typeof message === 'object' && message !== null && 'type' in message) {
        this.dispatch(message as ToPage<R, In>, listeners);
      }
    });
    this.ready();
  }

  /** Asks the host for everything, which makes it forget what was requested before. */
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
    // A listener takes the messages of its own type alone.
    const listener = listeners[message.type as In['type']] as (own: unknown) => void;
    listener(message);
  }

  private settle(reply: Reply<R>): void {
    const pending = this.pending.get(reply.id);
    if (reply.type === 'progress') pending?.onProgress?.(reply.progress as never);
    else if (reply.type === 'answer') pending?.resolve(reply.value);
    else pending?.reject(new RequestError(reply.message, reply.code));
  }

  /** Whose answer it was is unknown. */
  private lose(reason: string): void {
    this.rejectAll(`The answer did not arrive: ${reason}.`);
    this.recovery.failed(reason);
  }

  private rejectAll(message: string): void {
    for (const { reject } of this.pending.values()) reject(new RequestError(message, 'gone'));
    this.pending.clear();
  }
}

/** A view's own messages have no number. */
function isReply<R extends Exchanges<R>>(message: object): message is Reply<R> {
  return 'id' in message;
}
