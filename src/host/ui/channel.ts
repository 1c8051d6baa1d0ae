import type { Disposable } from '../../common/disposable';
import { errorMessage } from '../../common/systemError';
import {
  RequestError,
  type Exchanges,
  type FailureCode,
  type MethodOf,
  type ProgressOf,
  type ToPage,
} from '../../protocol/channel';

/** What this needs of a zod schema. */
interface Schema<T> {
  safeParse(data: unknown): { success: true; data: T } | { success: false; error: Error };
}

/** What a page may say: its requests by method, and the view's own messages. */
export interface Grammar<R extends Exchanges<R>, In> {
  readonly requests: { readonly [M in MethodOf<R>]: Schema<R[M]['request']> };
  readonly messages: Schema<In>;
}

/** While a request is carried out. */
export interface Carrying<P> {
  /** Aborted when the page cancels the request, starts over or is gone: nothing more is told to it. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: P) => void;
}

/** What answers a view's requests; a rejection with {@link RequestError} is told with its code. */
export type Handlers<R extends Exchanges<R>> = {
  readonly [M in MethodOf<R>]: (
    parameters: R[M]['request'],
    carrying: Carrying<ProgressOf<R[M]>>,
  ) => R[M]['answer'] | Promise<R[M]['answer']>;
};

export interface HostChannelOptions<R extends Exchanges<R>, In, Out> {
  /** Loaded with the first message, since a view that opens should not wait for it. */
  readonly grammar: () => Grammar<R, In> | Promise<Grammar<R, In>>;
  readonly post: (message: ToPage<R, Out>) => void;
  /** The page starts, or asks for everything. */
  readonly ready: () => void;
  /** Takes one of the view's own messages. */
  readonly take: (message: In) => void;
  readonly handlers: Handlers<R>;
  /** The page said what is not in the grammar. */
  readonly warn: (message: string) => void;
}

/** A page that waits for more answers than this does not look at what it gets. */
const MOST_OPEN = 256;

/**
 * The host's end of the channel to one page. Whatever comes from the page is decoded before anything is done with it; a
 * request that cannot be decoded fails as `invalid`.
 */
export class HostChannel<R extends Exchanges<R>, In, Out> implements Disposable {
  private readonly open = new Map<number, AbortController>();
  private grammar: Promise<Grammar<R, In>> | undefined;
  private disposed = false;

  constructor(private readonly options: HostChannelOptions<R, In, Out>) {}

  post(message: Out): void {
    if (!this.disposed) this.options.post(message);
  }

  /** Takes what the page sent, in the order in which it is called. */
  async receive(data: unknown): Promise<void> {
    // One promise for all: what comes while the grammar is loaded keeps its order.
    const grammar = await (this.grammar ??= Promise.resolve(this.options.grammar()));
    if (this.disposed) return;
    const { type, id, method, parameters } = fieldsOf(data);
    if (type === 'ready') {
      this.forget();
      return this.options.ready();
    }
    if (type === 'cancel' && isId(id)) return this.end(id, 'The request was cancelled.', 'cancelled');
    if (type === 'request' && isId(id)) return this.request(grammar, id, method, parameters);
    const decoded = grammar.messages.safeParse(data);
    if (decoded.success) this.options.take(decoded.data);
    else this.warn(decoded.error);
  }

  /** Ends everything that is carried out for the page, without an answer. */
  forget(): void {
    for (const id of [...this.open.keys()]) this.end(id, 'The view that asked is gone.', 'gone');
  }

  dispose(): void {
    this.disposed = true;
    this.forget();
  }

  private end(id: number, message: string, code: FailureCode): void {
    const controller = this.open.get(id);
    this.open.delete(id);
    controller?.abort(new RequestError(message, code));
  }

  private request({ requests }: Grammar<R, In>, id: number, method: unknown, parameters: unknown): void {
    if (!isMethod(requests, method)) {
      this.warn(new Error('There is no such request.'));
      return this.fail(id, new RequestError('The extension does not know this request.', 'invalid'));
    }
    const decoded = requests[method].safeParse(parameters);
    if (!decoded.success) {
      this.warn(decoded.error);
      return this.fail(id, new RequestError('The extension does not understand this request.', 'invalid'));
    }
    this.end(id, 'The view has made another request of this number.', 'cancelled');
    if (this.open.size >= MOST_OPEN) {
      return this.fail(id, new RequestError('Too many requests wait for an answer.', 'busy'));
    }
    void this.carryOut(id, method, decoded.data);
  }

  /** Never rejects. */
  private async carryOut<M extends MethodOf<R>>(id: number, method: M, parameters: R[M]['request']): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.open.set(id, controller);
    const isOpen = () => this.open.get(id) === controller;
    const onProgress = (progress: ProgressOf<R[M]>) => {
      if (isOpen()) this.options.post({ type: 'progress', id, progress });
    };
    try {
      const value = await this.options.handlers[method](parameters, { signal, onProgress });
      if (isOpen()) this.options.post({ type: 'answer', id, value });
    } catch (error) {
      if (isOpen()) this.fail(id, error);
    } finally {
      if (isOpen()) this.open.delete(id);
    }
  }

  private fail(id: number, error: unknown): void {
    const code = error instanceof RequestError ? error.code : 'failed';
    this.options.post({ type: 'failure', id, code, message: errorMessage(error) });
  }

  private warn({ message }: Error): void {
    this.options.warn(`A view sent a message that is not one: ${message}`);
  }
}

function fieldsOf(data: unknown): Readonly<Partial<Record<'type' | 'id' | 'method' | 'parameters', unknown>>> {
  return typeof data === 'object' && data !== null ? data : {};
}

function isId(id: unknown): id is number {
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0;
}

function isMethod<Q extends object>(requests: Q, method: unknown): method is keyof Q & string {
  return typeof method === 'string' && Object.hasOwn(requests, method);
}
