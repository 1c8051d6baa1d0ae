import { Worker } from 'node:worker_threads';
import { errorMessage } from '../common/systemError';
import { Deferred } from '../common/deferred';
import type { Disposable } from '../common/disposable';
import { Emitter } from '../common/emitter';
import type { TensorMessage, TensorQuestion, TensorRequest, TensorResults } from '../protocol/tensors';

/** Of V8's heap, for the largest header that is read; values of tensors are not in it. */
const WORKER_HEAP_MEGABYTES = 2048;

/** How often a thread that works is asked whether it still listens, and how many answers may be missing. */
const PING_MILLISECONDS = 5_000;
const MOST_MISSED = 8;

type WithoutId<R> = R extends unknown ? Omit<R, 'id'> : never;
/** A question of the service; its type says which answer comes. */
export type Asked = WithoutId<Extract<TensorRequest, { type: TensorQuestion }>>;

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Called with the progress, from 0 to 1, or a description of the current activity. */
  readonly onProgress?: (done: number, activity?: string) => void;
}

interface Waiting extends Pick<AskOptions, 'onProgress'> {
  readonly answer: Deferred<unknown>;
}

/**
 * Files of tensors, read in a worker thread that starts with the first question. If it crashes (a header that fills its
 * memory), or is terminated because a file blocks it, pending requests are rejected and the next one restarts it; files
 * must then be opened again.
 */
export class TensorService implements Disposable {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private readonly ends = new Emitter<void>();
  private nextId = 1;
  private disposed = false;
  private timer: NodeJS.Timeout | undefined;
  private missed = 0;

  /** The thread has crashed; no file is open any longer. */
  readonly onEnd = this.ends.event;

  /**
   * @param script the bundle of worker.ts
   * @param pingMilliseconds how often a thread that works is asked whether it still listens
   */
  constructor(
    private readonly script: string,
    private readonly pingMilliseconds = PING_MILLISECONDS,
  ) {}

  /** Rejects with a message for users, or with the signal's reason on abort; the work then ends soon after. */
  async ask<Q extends Asked>(question: Q, { signal, onProgress }: AskOptions = {}): Promise<TensorResults[Q['type']]> {
    signal?.throwIfAborted();
    const id = this.nextId++;
    const answer = new Deferred<unknown>();
    this.waiting.set(id, { answer, onProgress });
    this.watch();
    // Opening keeps the thread from its messages while it parses a long header.
    const halt = question.type === 'open' && signal !== undefined ? new SharedArrayBuffer(4) : undefined;
    const abort = () => {
      if (halt !== undefined) Atomics.store(new Int32Array(halt), 0, 1);
      this.waiting.delete(id);
      this.post({ type: 'cancel', id });
      answer.reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      this.post({ ...(question as Asked), id, ...(halt === undefined ? {} : { halt }) });
      // The request's type determines the type of the answer; see TensorServer.carryOut.
      return (await answer.promise) as TensorResults[Q['type']];
    } finally {
      this.waiting.delete(id);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Lets go of a file. */
  close(file: string): void {
    if (this.worker !== undefined) this.post({ type: 'close', file });
  }

  dispose(): void {
    this.disposed = true;
    this.unwatch();
    this.ends.dispose();
    void this.worker?.terminate();
    this.worker = undefined;
    this.rejectAll('The tensor service has been closed.');
  }

  /** Runs while a request is pending: a worker that receives nothing for long is stuck in a malicious file. */
  private watch(): void {
    if (this.timer !== undefined) return;
    this.missed = 0;
    this.timer = setInterval(() => {
      const { worker } = this;
      if (this.waiting.size === 0 || worker === undefined) return this.unwatch();
      if (++this.missed <= MOST_MISSED) return worker.postMessage({ type: 'ping' } satisfies TensorRequest);
      this.ended(worker, 'a file kept it busy for too long');
      void worker.terminate();
    }, this.pingMilliseconds);
    this.timer.unref();
  }

  private unwatch(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private post(request: TensorRequest): void {
    if (this.disposed) throw new Error('The tensor service has been closed.');
    this.worker ??= this.start();
    const bytes = request.type === 'open' ? request.bytes : undefined;
    const own = bytes !== undefined && bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [];
    this.worker.postMessage(request, own as ArrayBuffer[]);
  }

  private start(): Worker {
    const worker = new Worker(this.script, {
      name: 'latent-studio-tensors',
      resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MEGABYTES },
    });
    worker.on('message', (message: TensorMessage) => this.receive(message));
    worker.on('error', (error: unknown) => this.ended(worker, wordsOf(error)));
    worker.on('exit', (code) => this.ended(worker, `it exited with code ${code}`));
    return worker;
  }

  private receive(message: TensorMessage): void {
    this.missed = 0;
    if (message.type === 'pong') return;
    const waiting = this.waiting.get(message.id);
    if (message.type === 'progress') waiting?.onProgress?.(message.done, message.activity);
    else if (message.type === 'answer') waiting?.answer.resolve(message.value);
    else waiting?.answer.reject(new Error(message.message));
  }

  /** Called twice for a worker that throws: with the error, then with its exit. */
  private ended(worker: Worker, reason: string): void {
    if (this.disposed || worker !== this.worker) return;
    this.worker = undefined;
    this.unwatch();
    this.rejectAll(`Reading tensors ended: ${reason}. Load the file again.`);
    this.ends.fire();
  }

  private rejectAll(reason: string): void {
    for (const { answer } of this.waiting.values()) answer.reject(new Error(reason));
    this.waiting.clear();
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return 'the file’s list of tensors does not fit into memory';
  }
  return errorMessage(error);
}
