import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { MOST_BYTES_A_CALL } from '../common/fileLimits';
import { FormatError } from '../formats/error';

/** Bytes that can be read anywhere. */
export interface ByteSource {
  readonly size: number;
  /** Fills `into` from `position`; throws {@link FormatError} if there are fewer bytes. */
  read(into: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

/** Opening a FIFO or a device must not wait for it, or do something. */
const SAFELY = constants.O_NONBLOCK ?? 0;

/** A regular file; links to one are followed, since the user chose the file. */
export class FileSource implements ByteSource {
  private constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  static async open(file: string): Promise<FileSource> {
    // Looked at before it is opened, since opening a device can already do something.
    if (!(await stat(file)).isFile()) throw new FormatError('This is not a regular file, so it is not read.');
    const handle = await open(file, constants.O_RDONLY | SAFELY);
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw new FormatError('This is not a regular file, so it is not read.');
      return new FileSource(handle, found.size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(into: Uint8Array, position: number): Promise<void> {
    for (let filled = 0; filled < into.length;) {
      const length = Math.min(into.length - filled, MOST_BYTES_A_CALL);
      const { bytesRead } = await this.handle.read(into, filled, length, position + filled);
      if (bytesRead === 0) throw new FormatError('The file is shorter than it was when it was opened.');
      filled += bytesRead;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

export class MemorySource implements ByteSource {
  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  async read(into: Uint8Array, position: number): Promise<void> {
    const end = position + into.length;
    if (position < 0 || end > this.size) throw new FormatError('The file is shorter than its header says.');
    into.set(this.bytes.subarray(position, end));
    // Reading a disk lets others have a turn, and so does this.
    await new Promise((resolve) => setImmediate(resolve));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Bytes of another source, which stays its owner's. */
export class PartSource implements ByteSource {
  constructor(
    private readonly whole: ByteSource,
    private readonly start: number,
    readonly size: number,
  ) {}

  async read(into: Uint8Array, position: number): Promise<void> {
    if (position < 0 || position + into.length > this.size)
      throw new FormatError('The part is shorter than its header says.');
    await this.whole.read(into, this.start + position);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Files that are one after the other. */
export class JoinedSource implements ByteSource {
  readonly size: number;

  constructor(private readonly parts: readonly ByteSource[]) {
    this.size = parts.reduce((sum, { size }) => sum + size, 0);
  }

  async read(into: Uint8Array, position: number): Promise<void> {
    if (position + into.length > this.size) throw new FormatError('The files are shorter than their headers say.');
    let [filled, start] = [0, 0];
    for (const part of this.parts) {
      const from = position + filled - start;
      const length = Math.min(into.length - filled, part.size - from);
      if (length > 0) {
        await part.read(into.subarray(filled, filled + length), from);
        filled += length;
      }
      start += part.size;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.close()));
  }
}

/** Reads `length` bytes at a position. The caller has checked that the size is acceptable. */
export async function readBytes(source: ByteSource, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await source.read(bytes, position);
  return bytes;
}
