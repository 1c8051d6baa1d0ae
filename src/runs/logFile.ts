import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { openRegularFile, readFully } from './boundedRead';
import { RunError } from './error';
import type { LogWindow } from './locatedSeries';
import { printable } from './printable';
import { EventStreamDecoder, type LogEvent } from '../formats/tfevents';

/**
 * Also how finely images, histograms and tensors are found again: to show one, a window of about this size is read and decoded
 * (1 ms).
 */
const CHUNK_BYTES = 256 * 1024;

/** Reads one event file as it grows. */
export class LogFile {
  private readonly decoder = new EventStreamDecoder();
  private identity: number | undefined;

  constructor(
    private readonly folder: string,
    readonly name: string,
    private readonly onEvents: (events: readonly LogEvent[], window: LogWindow) => void,
  ) {}

  get path(): string {
    return path.join(this.folder, this.name);
  }

  /** Bytes read so far: where the next ones must come from. */
  get received(): number {
    return this.decoder.received;
  }

  /** Messages about problems in the file. */
  get problems(): readonly string[] {
    const { problems, problemCount } = this.decoder;
    const told = problems.map(
      ({ offset, reason }) => `${printable(this.name)}: the record at byte ${offset} ${reason}.`,
    );
    if (problemCount <= problems.length) return told;
    return [...told, `${printable(this.name)}: ${problemCount - problems.length} more damaged places.`];
  }

  /** Reading has ended: the file is not a log, or no longer one; `problems` says so. */
  get givenUp(): boolean {
    return this.decoder.givenUp;
  }

  /** Whether a file on disk, by its inode and size, can be the one that was read so far. */
  continues(inode: number, size: number): boolean {
    return (this.identity === undefined || this.identity === inode) && size >= this.received;
  }

  push(bytes: Uint8Array): void {
    const start = this.decoder.offset;
    this.decoder.push(bytes);
    const events = this.decoder.events();
    if (events.length > 0) this.onEvents(events, { file: this.name, start, end: this.decoder.offset });
  }

  /**
   * Reads added data, a chunk at a time. Resolves to false when the file turns out not to be the one that was read
   * before. Throws {@link RunError} or the system's error for a file that cannot be read.
   */
  async readOn(): Promise<boolean> {
    const handle = await openRegularFile(this.path);
    try {
      const { ino, size } = await handle.stat();
      if (!this.continues(ino, size)) return false;
      this.identity = ino;
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(0, size - this.received)));
      // Up to the size seen at first, so that a fast writer cannot keep the reader from its other work.
      while (this.received < size && !this.givenUp) {
        const length = Math.min(chunk.length, size - this.received);
        const filled = await readFully(handle, chunk.subarray(0, length), this.received);
        if (filled === 0) return false;
        this.push(chunk.subarray(0, filled));
      }
      return true;
    } finally {
      await handle.close();
    }
  }
}

/**
 * Decodes windows of one event file again, in the order given, a window at a time. Throws {@link RunError} when the file
 * was replaced.
 */
export async function* readWindows(folder: string, windows: Iterable<LogWindow>): AsyncGenerator<LogEvent[]> {
  const decoder = new EventStreamDecoder();
  let handle: FileHandle | undefined;
  try {
    for (const { file, start, end } of windows) {
      handle ??= await openRegularFile(path.join(folder, file));
      const bytes = new Uint8Array(end - start);
      if ((await readFully(handle, bytes, start)) < bytes.length) {
        throw new RunError(`${printable(file)} became shorter while it was read.`);
      }
      decoder.push(bytes);
      yield decoder.events();
    }
  } finally {
    await handle?.close();
  }
}
