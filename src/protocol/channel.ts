import type { RefusalCode } from './control';

/**
 * One channel between the extension host and a page: requests, which are answered once, and messages, which are not. Pages
 * bundle this file, so it knows no zod; the schemas by which the host decodes what a page says are beside the messages.
 *
 *   page → host   ready                the page starts, or asks for everything: what it requested before is forgotten
 *                 request { id }       answered with `answer` or `failure`, after any number of `progress`
 *                 cancel { id }        nothing more is said of the request
 *                 and the view's own messages
 *   host → page   answer, failure, progress { id }
 *                 and the view's own messages
 */

/** The requests of one kind: parameters, result, and progress. */
export interface Exchange {
  readonly request: object;
  readonly answer: unknown;
  readonly progress?: unknown;
}

/** The requests of a view, by method. */
export type Exchanges<R> = { readonly [M in keyof R]: Exchange };
export type MethodOf<R> = keyof R & string;
export type ProgressOf<E> = E extends { readonly progress: infer P } ? P : never;

/**
 * Why a request has no answer: the trainer's refusal; `gone`: the answering process has ended or lost the request, so
 * it can be repeated; `cancelled`: by its caller.
 */
export type FailureCode = RefusalCode | 'gone' | 'cancelled';

/** A request of method `M` as sent. */
export type RequestMessage<R extends Exchanges<R>> = {
  readonly [M in MethodOf<R>]: {
    readonly type: 'request';
    readonly id: number;
    readonly method: M;
    readonly parameters: R[M]['request'];
  };
}[MethodOf<R>];

/** Page → host; `Own` are the view's own messages. */
export type ToHost<R extends Exchanges<R>, Own> =
  { readonly type: 'ready' } | RequestMessage<R> | { readonly type: 'cancel'; readonly id: number } | Own;

/** Host → page, about requests. */
export type Reply<R extends Exchanges<R>> =
  | { readonly type: 'answer'; readonly id: number; readonly value: R[MethodOf<R>]['answer'] }
  | { readonly type: 'failure'; readonly id: number; readonly code: FailureCode; readonly message: string }
  | { readonly type: 'progress'; readonly id: number; readonly progress: ProgressOf<R[MethodOf<R>]> };

/** Host → page. */
export type ToPage<R extends Exchanges<R>, Own> = Reply<R> | Own;

/** A request that failed, over the channel or over a trainer's control socket; the message is for users. */
export class RequestError extends Error {
  override name = 'RequestError';

  constructor(
    message: string,
    readonly code: FailureCode,
  ) {
    super(message);
  }
}

/** Also for work that uses no channel, so that there is one way to signal that a result is no longer wanted. */
export function cancelled(): RequestError {
  return new RequestError('Cancelled.', 'cancelled');
}

/** Whether a request failed only because its caller canceled it. */
export function isCancelled(error: unknown): boolean {
  return error instanceof RequestError && error.code === 'cancelled';
}
