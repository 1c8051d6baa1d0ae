import { assertNever } from '../common/assertNever';
import { errorMessage } from './error';
import { WatchedRun } from './watchedRun';
import { LOCATED_KINDS, type LogServiceMessage, type LogServiceRequest, type LogUpdate } from '../protocol/logs';

type Answer = Extract<LogServiceMessage, { type: 'answer' }>['value'];

/** The log service's side that does the work: answers requests and posts updates of the runs that are open. */
export class LogServer {
  private readonly runs = new Map<string, WatchedRun>();
  /** Questions that are being answered. */
  private readonly answering = new Map<number, AbortController>();

  /** @param post sends a message; the buffers in `transfer` change owners */
  constructor(private readonly post: (message: LogServiceMessage, transfer: ArrayBuffer[]) => void) {}

  handle(request: LogServiceRequest): void {
    switch (request.type) {
      case 'open':
        this.open(request.run, request.opening);
        break;
      case 'close':
        this.runs.get(request.run)?.dispose();
        this.runs.delete(request.run);
        break;
      case 'feed':
        this.runs.get(request.run)?.feed(request.file, request.offset, request.bytes);
        break;
      case 'refresh':
        this.runs.get(request.run)?.refresh();
        break;
      case 'snapshot':
        void this.answer(request.id, () => {
          const run = this.opened(request.run);
          return request.tag === undefined ? run.snapshot() : run.only(request.tag);
        });
        break;
      case 'image':
        void this.answer(request.id, () => this.opened(request.run).reader.image(request.tag, request.step));
        break;
      case 'histograms':
        void this.answer(request.id, (signal) =>
          this.opened(request.run).reader.histograms(request.tag, request.from, signal),
        );
        break;
      case 'tensor':
        void this.answer(request.id, () => this.opened(request.run).reader.tensor(request.tag, request.step));
        break;
      case 'cancel':
        this.answering.get(request.id)?.abort();
        break;
      default:
        assertNever(request);
    }
  }

  private open(run: string, opening: number): void {
    if (this.runs.has(run)) return;
    const send = (update: LogUpdate): void => this.post({ type: 'update', opening, update }, buffersOf(update));
    this.runs.set(run, new WatchedRun(run, send));
  }

  private async answer(id: number, work: (signal: AbortSignal) => Promise<Answer>): Promise<void> {
    const controller = new AbortController();
    this.answering.set(id, controller);
    try {
      const value = await work(controller.signal);
      this.post({ type: 'answer', id, value }, buffersOf(value));
    } catch (error) {
      this.post({ type: 'failure', id, message: errorMessage(error) }, []);
    } finally {
      this.answering.delete(id);
    }
  }

  private opened(run: string): WatchedRun {
    const watched = this.runs.get(run);
    if (watched === undefined) throw new Error(`The log of ${run} is not open.`);
    return watched;
  }
}

/** All buffers of a message. Every typed array that is sent owns its buffer whole, so nothing else is given away. */
function buffersOf(value: Answer): ArrayBuffer[] {
  const arrays = typedArraysOf(value);
  return arrays.map((array) => {
    const { buffer } = array;
    if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== array.byteLength) {
      throw new Error('A typed array to be sent does not own its buffer.');
    }
    return buffer;
  });
}

function typedArraysOf(value: Answer): (Float64Array | Float32Array | Uint8Array)[] {
  if (value === null) return [];
  if ('bytes' in value) return [value.bytes];
  if ('shape' in value) return [value.values];
  if ('scalars' in value) {
    return [
      ...value.scalars.flatMap(({ steps, walls, values }) => [steps, walls, values]),
      ...LOCATED_KINDS.flatMap((kind) => value[kind].map(({ steps }) => steps)),
    ];
  }
  return value.flatMap(({ limits, counts }) => [limits, counts]);
}
