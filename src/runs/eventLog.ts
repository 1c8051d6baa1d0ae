import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunDirectory } from './directory';
import { errorCode, errorMessage, RunError } from './error';
import { isEventFileName, nextEventFileName } from './eventLogName';
import { nodeFiles, writeWhole, type FileOperations, type WritableFile } from './files';
import { encodeEventRecord, FILE_VERSION, histogramOf, TENSOR_PLUGIN, type WritableValue } from '../formats/tfevents';

const FLUSH_MILLISECONDS = 1000;
/** More than this does not wait for the timer: an image grid is about 30 KB. */
const FLUSH_BYTES = 1024 * 1024;

export interface EventLogOptions {
  /**
   * The step of the checkpoint from which training continues: points at this step and before it stay, later ones are
   * superseded. 0, the default, when training starts from nothing: then all that was logged before is superseded, what
   * was logged before the first step included.
   */
  readonly step?: number;
  /** Called with exactly the bytes appended to `file` (a name in the run's folder), after the write; must not throw. */
  readonly onAppend?: (file: string, offset: number, bytes: Uint8Array) => void;
  readonly files?: FileOperations;
}

/**
 * Writes one event file of a run, in TensorBoard's format. Records are buffered and appended after a second, or
 * immediately by {@link flush} and {@link sync}. An existing file is never appended to, since it may end in a torn record.
 *
 * Write errors are not swallowed: this call or the next throws the first one, and so do all later calls. Data appended
 * before stay readable.
 */
export class EventLogWriter {
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private appended = 0;
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();
  private failure: Error | undefined;
  private closed = false;

  private constructor(
    /** Name inside the run's folder. */
    readonly file: string,
    private readonly path: string,
    private readonly output: WritableFile,
    private readonly onAppend: EventLogOptions['onAppend'],
  ) {}

  /**
   * Begins a new event file, whose name sorts after all existing ones, with a SessionLog.START one step after `step`.
   * Readers (ours, and TensorBoard's `_Purge`) then drop exactly the values logged at that step and later, so that they show
   * the same as for an uninterrupted run. A run's first file has START as well, at 0: TensorBoard's plugins take the first
   * START for the beginning and only later ones for restarts.
   */
  static async open(run: RunDirectory, options: EventLogOptions = {}): Promise<EventLogWriter> {
    const files = options.files ?? nodeFiles;
    const existing = (await readdir(run.path)).filter(isEventFileName);
    const { name, file } = await createEventFile(run, existing, files);
    const writer = new EventLogWriter(name, path.join(run.path, name), file, options.onAppend);
    const wallTime = Date.now() / 1000;
    writer.append(encodeEventRecord({ wallTime, step: 0, kind: 'fileVersion', version: FILE_VERSION }));
    const from = options.step ?? 0;
    writer.append(encodeEventRecord({ wallTime, step: from === 0 ? 0 : from + 1, kind: 'sessionStart' }));
    await writer.sync();
    await files.syncFolder(run.path);
    return writer;
  }

  /** Bytes that are in the file. */
  get size(): number {
    return this.appended;
  }

  /** Steps count finished updates. NaN and infinities are logged as they are. */
  scalar(tag: string, step: number, value: number): void {
    this.summary(step, [{ kind: 'scalar', tag, value }]);
  }

  /** Several scalars of one step, in one record. */
  scalars(step: number, values: Readonly<Record<string, number>>): void {
    this.summary(
      step,
      Object.entries(values).map(([tag, value]) => ({ kind: 'scalar', tag, value })),
    );
  }

  /** @param png an encoded PNG of `width` × `height` pixels */
  image(tag: string, step: number, png: Uint8Array, width: number, height: number): void {
    const colorspace = channelsOfPng(png);
    this.summary(step, [{ kind: 'image', tag, width, height, colorspace, bytes: png, mime: 'image/png' }]);
  }

  /** How `values`, of any shape, are distributed; those that are not finite are left out. */
  histogram(tag: string, step: number, values: Float32Array): void {
    this.summary(step, [{ kind: 'histogram', tag, ...histogramOf(values) }]);
  }

  /** A text, as TensorBoard's text plugin shows it. */
  text(tag: string, step: number, text: string): void {
    this.summary(step, [{ kind: 'text', tag, text }]);
  }

  /**
   * Numbers of a shape, for the panels that draw planes and matrices (src/protocol/panels.ts). `values` are copied.
   * @param values in memory order, the last axis fastest; at most 2^20 of them. A RangeError otherwise, or if they are not
   *   of `shape`.
   */
  tensor(tag: string, step: number, shape: readonly number[], values: Float32Array): void {
    this.summary(step, [{ kind: 'tensor', tag, plugin: TENSOR_PLUGIN, shape, values }]);
  }

  /** Resolves once all that was logged so far is in the file, where readers see it. */
  flush(): Promise<void> {
    return this.queue(() => this.appendPending());
  }

  /**
   * Resolves once all that was logged so far survives a crash of the machine. Before a checkpoint is announced this must
   * have resolved, or a resume from it could lack points.
   */
  sync(): Promise<void> {
    return this.queue(async () => {
      await this.appendPending();
      await this.output.sync();
    });
  }

  /** Writes pending records and closes the file, even if writing fails. Nothing can be logged afterwards. */
  async close(): Promise<void> {
    if (this.closed) return;
    try {
      await this.sync();
    } finally {
      this.closed = true;
      clearTimeout(this.timer);
      await this.output.close();
    }
  }

  private summary(step: number, values: readonly WritableValue[]): void {
    if (values.length === 0) return;
    this.append(encodeEventRecord({ wallTime: Date.now() / 1000, step, kind: 'summary', values }));
  }

  private append(record: Uint8Array): void {
    if (this.failure !== undefined) throw this.failure;
    if (this.closed) throw new Error('The event log is closed.');
    this.pending.push(record);
    this.pendingBytes += record.length;
    // A failure in the background is kept and thrown by the next call.
    const flush = (): void => void this.flush().catch(() => undefined);
    if (this.pendingBytes >= FLUSH_BYTES) flush();
    else this.timer ??= setTimeout(flush, FLUSH_MILLISECONDS).unref();
  }

  private queue(work: () => Promise<void>): Promise<void> {
    const done = this.work.then(async () => {
      if (this.failure !== undefined) throw this.failure;
      try {
        await work();
      } catch (error) {
        this.failure = Object.assign(
          new Error(`The event log ${this.file} could not be written: ${errorMessage(error)}.`, { cause: error }),
          { code: errorCode(error), path: this.path },
        );
        throw this.failure;
      }
    });
    this.work = done.catch(() => undefined);
    return done;
  }

  private async appendPending(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending.length === 0) return;
    const bytes = new Uint8Array(Buffer.concat(this.pending.splice(0)));
    this.pendingBytes = 0;
    try {
      await writeWhole(this.output, bytes);
    } catch (error) {
      // Some readers refuse a file that ends within a record. If this fails too, its size still shows the partial record.
      await this.output.truncate(this.appended).catch(() => undefined);
      throw error;
    }
    const offset = this.appended;
    this.appended += bytes.length;
    this.onAppend?.(this.file, offset, bytes);
  }
}

async function createEventFile(
  run: RunDirectory,
  existing: readonly string[],
  files: FileOperations,
): Promise<{ name: string; file: WritableFile }> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const name = nextEventFileName(existing, Date.now() / 1000, attempt);
    try {
      return { name, file: await files.create(path.join(run.path, name)) };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  throw new RunError(`No event file could be created in ${run.path}: every name was taken.`);
}

/** From the color type in the PNG's header (PNG specification, 11.2.1). */
function channelsOfPng(png: Uint8Array): number {
  const channels = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 }[png[25] ?? -1];
  if (channels === undefined || png[0] !== 0x89 || png[1] !== 0x50) throw new Error('The image to log is not a PNG.');
  return channels;
}
