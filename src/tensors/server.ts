import { assertNever } from '../common/assertNever';
import type { TensorMessage, TensorQuestion, TensorRequest, TensorResults } from '../protocol/tensors';
import { compare } from './compare';
import { normsOf } from './norms';
import { openTensorBytes, openTensorFile } from './open';
import { sentenceOf } from './sentence';
import { sliceOf } from './slice';
import { statisticsOf } from './statistics';
import { statisticsOfMany } from './statisticsOfMany';
import type { Opening } from './opening';
import { closeTensorFile, readable, rowsFrom, summarize, type TensorFile } from './tensorFile';
import { tilesOf } from './tiles';

type Question = Extract<TensorRequest, { id: number }> & { readonly type: TensorQuestion };

/** Progress of comparisons and of large tensors is reported, but not for every part. */
const PROGRESS_MILLISECONDS = 100;
/** Metadata key of the run in our checkpoints. */
const RUN = 'run';

/** The tensor service's side that does the work. Requests are carried out as they come, each between the others' readings. */
export class TensorServer {
  private readonly files = new Map<string, Promise<TensorFile>>();
  private readonly running = new Map<number, AbortController>();

  /** @param post sends a message; the buffers in `transfer` change owners */
  constructor(private readonly post: (message: TensorMessage, transfer: ArrayBuffer[]) => void) {}

  handle(request: TensorRequest): void {
    switch (request.type) {
      case 'close':
        void this.close(request.file);
        break;
      case 'cancel':
        this.running.get(request.id)?.abort(new Error('It was cancelled.'));
        break;
      case 'ping':
        this.post({ type: 'pong' }, []);
        break;
      default:
        void this.answer(request);
    }
  }

  private async answer(request: Question): Promise<void> {
    const { id } = request;
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      const value = await this.carryOut(request, controller.signal);
      this.post({ type: 'answer', id, value }, buffersOf(value));
    } catch (error) {
      this.post({ type: 'failure', id, message: sentenceOf(error) }, []);
    } finally {
      this.running.delete(id);
    }
  }

  private async carryOut(request: Question, signal: AbortSignal): Promise<TensorResults[TensorQuestion]> {
    if (request.type === 'open') return this.open(request, signal);
    const file = await this.opened(request.file);
    switch (request.type) {
      case 'rows':
        return { table: rowsFrom(file, request.from) };
      case 'statistics':
        return statisticsOf(readable(file, request.tensor), signal, this.progressOf(request));
      case 'statisticsOfMany':
        return statisticsOfMany(file, request.tensors, signal);
      case 'slice':
        return sliceOf(readable(file, request.tensor), request.query, signal);
      case 'tiles':
        return tilesOf(readable(file, request.tensor), request.query, signal, this.progressOf(request));
      case 'compare':
        return compare(file, await this.opened(request.other), signal, this.progressOf(request));
      case 'norms':
        return this.norms(file, request, signal);
      default:
        return assertNever(request);
    }
  }

  private progressOf({ id }: Question): (done: number) => void {
    return throttled((done) => this.post({ type: 'progress', id, done }, []));
  }

  /** Opens a file, again if it was open: it may have changed. */
  private async open(
    request: Extract<Question, { type: 'open' }>,
    signal: AbortSignal,
  ): Promise<TensorResults['open']> {
    const { file, path, bytes } = request;
    await this.close(file);
    const watched = this.watched(request, signal);
    const opening = bytes === undefined ? openTensorFile(path, watched) : openTensorBytes(bytes, path, watched);
    this.files.set(file, opening);
    try {
      return summarize(await opening);
    } catch (error) {
      if (this.files.get(file) === opening) this.files.delete(file);
      throw error;
    }
  }

  /** No message comes in while a header is parsed, but memory that is shared can be looked at. */
  private watched({ id, halt }: Extract<Question, { type: 'open' }>, signal: AbortSignal): Opening {
    const flag = halt === undefined ? undefined : new Int32Array(halt);
    return {
      throwIfAborted: () => {
        signal.throwIfAborted();
        if (flag !== undefined && Atomics.load(flag, 0) !== 0) throw new Error('It was cancelled.');
      },
      tell: (activity) => this.post({ type: 'progress', id, done: 0, activity }, []),
    };
  }

  private opened(file: string): Promise<TensorFile> {
    const opening = this.files.get(file);
    if (opening === undefined) return Promise.reject(new Error('The file is not open: load it again.'));
    return opening;
  }

  private async close(file: string): Promise<void> {
    const opening = this.files.get(file);
    this.files.delete(file);
    if (opening !== undefined) await opening.then(closeTensorFile, () => undefined);
  }

  private async norms(
    file: TensorFile,
    request: Extract<Question, { type: 'norms' }>,
    signal: AbortSignal,
  ): Promise<TensorResults['norms']> {
    let last: TensorFile | undefined;
    const closeLast = async () => {
      if (last !== undefined) await closeTensorFile(last);
    };
    const open = async (other: string) => {
      await closeLast();
      last = await openTensorFile(other).catch(() => undefined);
      // Names do not prove ownership: checkpoints of another run may have been copied there.
      return last?.metadata[RUN] === file.metadata[RUN] ? last : undefined;
    };
    try {
      return await normsOf(readable(file, request.tensor).name, request.others, open, signal, this.progressOf(request));
    } finally {
      await closeLast();
    }
  }
}

function throttled(tell: (done: number) => void): (done: number) => void {
  let next = 0;
  return (done) => {
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS_MILLISECONDS;
    tell(done);
  };
}

/** All buffers of an answer. Every typed array that is sent owns its buffer whole, so nothing else is given away. */
function buffersOf(value: object): ArrayBuffer[] {
  return Object.values(value)
    .filter((part): part is Float64Array | Float32Array | Uint8Array => ArrayBuffer.isView(part))
    .map(({ buffer, byteLength }) => {
      if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return buffer;
      throw new Error('A typed array to be sent does not own its buffer.');
    });
}
