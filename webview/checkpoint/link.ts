import type { CheckpointQuestion, CheckpointToHost, HostToCheckpoint } from '../../src/protocol/checkpointView';
import type {
  NormColumns,
  StatisticsBatch,
  TensorRows,
  TensorSlice,
  TensorStatistics,
  TensorTiles,
} from '../../src/protocol/tensors';
import { Deferred } from '../../src/common/deferred';
import { listenToHost } from '../shared/hostMessages';
import { Recovery } from '../shared/recovery';
import { ComparisonPieces } from './model/comparisonPieces';

/** What VS Code gives a webview, once. */
interface EditorApi {
  postMessage(message: CheckpointToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

interface Answers {
  rows: TensorRows;
  statistics: TensorStatistics;
  statisticsOfMany: StatisticsBatch;
  slice: TensorSlice;
  tiles: TensorTiles;
  norms: NormColumns;
}

/** A question that can be called off: who asked has gone on to something else. */
export interface Asked<A> {
  /** Rejects with words for people; never settles once it was called off. */
  readonly answer: Promise<A>;
  cancel(): void;
}

export type FileMessage = Exclude<HostToCheckpoint, { type: 'answer' | 'failure' | 'progress' }>;

const TYPES: readonly HostToCheckpoint['type'][] = [
  ...(['opening', 'file', 'problem', 'answer', 'failure', 'progress', 'comparison', 'inspection'] as const),
];

interface Waiting {
  readonly answer: Deferred<unknown>;
  readonly onProgress?: (done: number) => void;
}

/** The editor's end of the conversation with the host. */
export class Link {
  private readonly api = acquireVsCodeApi();
  private readonly waiting = new Map<number, Waiting>();
  private lastRequest = 0;
  private readonly pieces = new ComparisonPieces();
  private readonly recovery = new Recovery(() => this.post({ type: 'ready' }));

  /** Starts listening, and says so. */
  start(listener: (message: FileMessage) => void): void {
    listenToHost<HostToCheckpoint>(
      TYPES,
      (message) => this.receive(message, listener),
      (reason) => this.lose(reason),
    );
    this.post({ type: 'ready' });
  }

  /** What has to be said where asking for everything did not help. */
  get trouble(): HTMLElement {
    return this.recovery.node;
  }

  post(message: CheckpointToHost): void {
    this.api.postMessage(message);
  }

  /** @param onProgress hears of shares from 0 to 1 while the answer is being found */
  ask<Q extends CheckpointQuestion>(question: Q, onProgress?: (done: number) => void): Asked<Answers[Q['type']]> {
    const request = ++this.lastRequest;
    const answer = new Deferred<unknown>();
    this.waiting.set(request, { answer, onProgress });
    this.post({ type: 'ask', request, question });
    return {
      // The host answers each question with what its type asks for.
      answer: answer.promise as Promise<Answers[Q['type']]>,
      cancel: () => {
        if (this.waiting.delete(request)) this.post({ type: 'cancel', request });
      },
    };
  }

  /** What was asked about a file that has changed since has no answer any more. */
  forgetQuestions(): void {
    for (const request of this.waiting.keys()) this.post({ type: 'cancel', request });
    this.waiting.clear();
  }

  get state(): unknown {
    return this.api.getState();
  }

  set state(state: unknown) {
    this.api.setState(state);
  }

  private receive(message: HostToCheckpoint, listener: (message: FileMessage) => void): void {
    if (message.type === 'file') this.recovery.succeeded();
    if (message.type === 'answer') this.settle(message.request)?.resolve(message.value);
    else if (message.type === 'failure') this.settle(message.request)?.reject(new Error(message.message));
    else if (message.type === 'progress') this.waiting.get(message.request)?.onProgress?.(message.done);
    else this.join(message, listener);
  }

  /** Nobody knows whose answer it was, and a host that is asked for everything forgets what was asked before. */
  private lose(reason: string): void {
    const error = new Error(`The answer did not arrive: ${reason}.`);
    for (const request of [...this.waiting.keys()]) this.settle(request)?.reject(error);
    this.recovery.failed(reason);
  }

  /** What comes in several messages is handed on as one. */
  private join(message: FileMessage, listener: (message: FileMessage) => void): void {
    if (message.type !== 'comparison') return listener(message);
    const news = this.pieces.take(message.news);
    if (news !== undefined) listener({ ...message, news });
  }

  private settle(request: number): Deferred<unknown> | undefined {
    const waiting = this.waiting.get(request);
    this.waiting.delete(request);
    return waiting?.answer;
  }
}
