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

/** The part of a zod schema that is used here. */
interface Schema<T> {
  safeParse(data: unknown): { success: true; data: T } | { success: false; error: Error };
}

/** What a page may send: its requests by method, and the view's own messages. */
export interface Grammar<R extends Exchanges<R>, In> {
  readonly requests: { readonly [M in MethodOf<R>]: Schema<R[M]['request']> };
  readonly messages: Schema<In>;
}

/** The context of a request in progress. */
export interface Carrying<P> {
  /** Aborted when the page cancels the request, starts over or is gone; nothing more is sent to it then. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: P) => void;
}

/** Answers a view's requests; a rejection with {@link RequestError} is sent with its code. */
export type Handlers<R extends Exchanges<R>> = {
  readonly [M in MethodOf<R>]: (
    parameters: R[M]['request'],
    carrying: Carrying<ProgressOf<R[M]>>,
  ) => R[M]['answer'] | Promise<R[M]['answer']>;
};

export interface HostChannelOptions<R extends Exchanges<R>, In, Out> {
  /** Loaded with the first message, so that it does not delay the opening of a view. */
  readonly grammar: () => Grammar<R, In> | Promise<Grammar<R, In>>;
  readonly post: (message: ToPage<R, Out>) => void;
  /** The page starts, or asks for everything again. */
  readonly ready: () => void;
  /** Handles one of the view's own messages. */
  readonly take: (message: In) => void;
  readonly handlers: Handlers<R>;
  /** The page sent something that does not match the schema. */
  readonly warn: (message: string) => void;
}

/** A page with more pending requests than this does not read its answers. */
const MOST_OPEN = 256;

/**
 * The host's end of the channel to one page. Everything that comes from the page is decoded before it is used; a
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

  /** Handles messages of the page, in the order of the calls. */
  async receive(data: unknown): Promise<void> {
    // One shared promise, so that messages received while the schema is loaded keep their order.
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

  /** Cancels all requests of the page, without an answer. */
  forget(): void {
    for (const id of [...this.open.keys()]) this.end(id, 'The view is gone.', 'gone');
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
      this.warn(new Error('This request does not exist.'));
      return this.fail(id, new RequestError('The extension does not know this request.', 'invalid'));
    }
    const decoded = requests[method].safeParse(parameters);
    if (!decoded.success) {
      this.warn(decoded.error);
      return this.fail(id, new RequestError('The extension does not understand this request.', 'invalid'));
    }
    this.end(id, 'The view has already made a request with this number.', 'cancelled');
    if (this.open.size >= MOST_OPEN) {
      return this.fail(id, new RequestError('Too many requests are pending.', 'busy'));
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
    this.options.warn(`A view sent an invalid message: ${message}`);
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
