import { Worker } from 'node:worker_threads';
import { Deferred } from '../common/deferred';
import type { Disposable } from '../common/disposable';
import { Emitter, type Event } from '../common/emitter';
import { errorMessage } from './error';
import type {
  HistogramSample,
  LoggedImage,
  LoggedTensor,
  LogServiceMessage,
  LogServiceRequest,
  LogUpdate,
} from '../protocol/logs';

/** A worker that ends more often than this within a minute would do so for ever. */
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MILLISECONDS = 60_000;
/** Of V8's heap; typed arrays are not in it. */
const WORKER_HEAP_MEGABYTES = 1024;

type Question = Exclude<Extract<LogServiceRequest, { id: number }>, { type: 'cancel' }>;
type WithoutId<Q> = Q extends unknown ? Omit<Q, 'id'> : never;

/**
 * The logs of many runs, decoded in a worker thread. The thread starts with the first run that is opened. When it ends
 * by a fault, waiting requests are rejected, it is restarted and the open runs are read again: their next updates
 * begin at index 0.
 */
export class LogService implements Disposable {
  private worker: Worker | undefined;
  /** Which of the openings it is that a run has now. */
  private readonly runs = new Map<string, number>();
  private openings = 0;
  private readonly waiting = new Map<number, Deferred<unknown>>();
  private nextId = 1;
  private restarts: number[] = [];
  private disposed = false;
  private readonly updates = new Emitter<LogUpdate>();
  private readonly problems = new Emitter<string>();

  /** @param script the bundle of worker.ts */
  constructor(private readonly script: string) {}

  /** Updates of the open runs, at most twenty times a second each. */
  readonly onUpdate: Event<LogUpdate> = this.updates.event;
  /** Reports that the worker crashed. */
  readonly onProblem: Event<string> = this.problems.event;

  /**
   * Follows the log of a run; everything that it holds comes as updates, unless {@link snapshot} is asked for at once: then
   * it comes with that, and updates continue it.
   */
  open(run: string): void {
    if (this.runs.has(run)) return;
    this.runs.set(run, ++this.openings);
    this.post({ type: 'open', run, opening: this.openings });
  }

  close(run: string): void {
    if (this.runs.delete(run)) this.post({ type: 'close', run });
  }

  /** Hands on bytes that a live trainer announced, as they are in `file` from `offset` on. `bytes` stay the caller's. */
  feed(run: string, file: string, offset: number, bytes: Uint8Array): void {
    if (!this.runs.has(run)) return;
    // Copied: the bytes may be part of a large socket buffer, which would otherwise be sent as a whole.
    const own = new Uint8Array(bytes);
    this.post({ type: 'feed', run, file, offset, bytes: own }, [own.buffer]);
  }

  /** Looks at the disk now instead of within a second. */
  refresh(run: string): void {
    if (this.runs.has(run)) this.post({ type: 'refresh', run });
  }

  /** A snapshot of the whole log, or of one tag; the run must be open. */
  snapshot(run: string, tag?: string): Promise<LogUpdate> {
    return this.ask<LogUpdate>({ type: 'snapshot', run, tag });
  }

  /** The image logged for a tag at exactly this step; null if there is none (any longer). */
  image(run: string, tag: string, step: number): Promise<LoggedImage | null> {
    return this.ask<LoggedImage | null>({ type: 'image', run, tag, step });
  }

  /** The tensor logged for a tag at exactly this step; null if there is none (any longer). */
  tensor(run: string, tag: string, step: number): Promise<LoggedTensor | null> {
    return this.ask<LoggedTensor | null>({ type: 'tensor', run, tag, step });
  }

  /**
   * The histograms of a tag at step `from` and later, thinned to what a view can draw. Rejects with the signal's reason
   * if it is aborted.
   */
  histograms(run: string, tag: string, from: number, signal?: AbortSignal): Promise<readonly HistogramSample[]> {
    return this.ask<readonly HistogramSample[]>({ type: 'histograms', run, tag, from }, signal);
  }

  dispose(): void {
    this.disposed = true;
    this.runs.clear();
    void this.worker?.terminate();
    this.worker = undefined;
    this.rejectAll('The log service has been closed.');
    this.updates.dispose();
    this.problems.dispose();
  }

  private ask<R>(question: WithoutId<Question>, signal?: AbortSignal): Promise<R> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const id = this.nextId++;
    const answer = new Deferred<unknown>();
    this.waiting.set(id, answer);
    if (!this.post({ ...question, id })) {
      this.waiting.delete(id);
      answer.reject(new Error('The log service is not running.'));
    }
    const cancel = () => {
      if (!this.waiting.delete(id)) return;
      this.post({ type: 'cancel', id });
      answer.reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    const settled = () => signal?.removeEventListener('abort', cancel);
    answer.promise.then(settled, settled);
    // The request's type determines the type of the answer; see LogServer.handle.
    return answer.promise as Promise<R>;
  }

  private post(request: LogServiceRequest, transfer: ArrayBuffer[] = []): boolean {
    if (this.disposed) return false;
    this.worker ??= this.start();
    this.worker?.postMessage(request, transfer);
    return this.worker !== undefined;
  }

  private start(): Worker | undefined {
    const now = performance.now();
    this.restarts = this.restarts.filter((time) => now - time < RESTART_WINDOW_MILLISECONDS);
    if (this.restarts.length > MAX_RESTARTS) return undefined;
    const worker = new Worker(this.script, {
      name: 'latent-studio-logs',
      resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MEGABYTES },
    });
    worker.on('message', (message: LogServiceMessage) => this.receive(message));
    worker.on('error', (error: unknown) => this.ended(worker, errorMessage(error)));
    worker.on('exit', (code) => this.ended(worker, `it exited with code ${code}`));
    return worker;
  }

  private receive(message: LogServiceMessage): void {
    if (this.disposed) return;
    if (message.type === 'update') {
      // A message in flight when its run was closed is stale for a reader that has reopened it.
      if (this.runs.get(message.update.run) === message.opening) this.updates.fire(message.update);
      return;
    }
    const answer = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.type === 'answer') answer?.resolve(message.value);
    else answer?.reject(new Error(message.message));
  }

  /** Called twice for a worker that throws: with the error, then with its exit. */
  private ended(worker: Worker, reason: string): void {
    if (this.disposed || worker !== this.worker) return;
    this.worker = undefined;
    this.restarts.push(performance.now());
    const problem = `The log service ended: ${reason}.`;
    this.rejectAll(problem);
    const again = this.restarts.length <= MAX_RESTARTS;
    this.problems.fire(again ? problem : `${problem} It is not started again; reload the window to try once more.`);
    for (const [run, opening] of this.runs) this.post({ type: 'open', run, opening });
  }

  private rejectAll(reason: string): void {
    for (const answer of this.waiting.values()) answer.reject(new Error(reason));
    this.waiting.clear();
  }
}
