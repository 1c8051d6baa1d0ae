import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { openRegularFile, readFully } from './boundedRead';
import {
  damaged,
  decodeCheckpointHead,
  decodeCheckpointSpecification,
  inChecksumOrder,
  isCheckpointType,
  readChecksum,
  writtenChecksum,
  wrongType,
  type CheckpointHead,
} from './checkpointFile';
import { reasonOf, RunError } from './error';
import { printable } from './printable';
import {
  encodeSafetensorsHeader,
  parseSafetensorsHeader,
  safetensorsDataStart,
  type SafetensorsHeader,
} from '../formats/safetensors';
import { FormatError } from '../formats/error';
import { HEAD_BYTES, recognize } from '../formats/recognition';
import type { Specification } from '../protocol/specification';

/** One ArrayBuffer must hold a checkpoint. */
export const MAX_CHECKPOINT_BYTES = 2 ** 32;
/** The texts in it have a megabyte each at most, some characters escaped; our own headers are a few kilobytes. */
const MAX_HEADER_BYTES = 8 * 1024 * 1024;
/** Some five thousand tensors, or ten milliseconds of parsing: listing many checkpoints must stay cheap. */
const HEADER_LIMITS = { values: 50_000, containers: 25_000, members: 10_000 };
/** Chunk size for reading, checksumming and writing. */
const SLICE_BYTES = 1024 * 1024;

/**
 * A checkpoint file of ours, opened by its header. Its tensors are read in slices, so that a file of gigabytes neither takes
 * memory nor keeps the thread: the extension host reads checkpoints so.
 */
export class CheckpointSource {
  readonly head: CheckpointHead;

  private constructor(
    private readonly handle: FileHandle,
    private readonly file: string,
    private readonly header: SafetensorsHeader,
    /** Size of the whole file. */
    readonly bytes: number,
  ) {
    this.head = decodeCheckpointHead(header.metadata);
  }

  /** Throws {@link RunError}. Decoded lazily, since listing checkpoints does not need it. */
  get specification(): Specification {
    try {
      return decodeCheckpointSpecification(this.header.metadata);
    } catch (error) {
      throw unusable(this.file, error);
    }
  }

  /** Throws {@link RunError} for an unusable file. The caller must close it. */
  static open(file: string): Promise<CheckpointSource> {
    return orUnusable(file, async () => {
      const handle = await openRegularFile(file);
      try {
        const { size } = await handle.stat();
        return new CheckpointSource(handle, file, await readHeader(handle, size), size);
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  /** Opens a file for as long as `use` takes. Throws {@link RunError}. */
  static async use<T>(file: string, use: (source: CheckpointSource) => Promise<T>): Promise<T> {
    const source = await CheckpointSource.open(file);
    try {
      return await use(source);
    } finally {
      await source.close();
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** Reads all tensors. Throws {@link RunError} if the checksum differs. */
  check(): Promise<void> {
    return orUnusable(this.file, async () => {
      const { tensors, metadata, dataStart } = this.header;
      for (const [name, { dtype }] of tensors) {
        if (!isCheckpointType(dtype)) throw wrongType(name, dtype);
      }
      let sum = 0;
      for (const [, { begin, end }] of inChecksumOrder(tensors)) {
        for await (const slice of this.slices(dataStart + begin, dataStart + end)) sum = crc32(slice, sum);
      }
      if (writtenChecksum(sum) !== readChecksum(metadata)) throw damaged();
    });
  }

  /**
   * The bytes of the same checkpoint as one of another run. Each chunk is good until the next one is asked for. Throws
   * {@link RunError}.
   */
  async *chunksFor(runId: string): AsyncGenerator<Uint8Array> {
    const { tensors, metadata, dataStart } = this.header;
    const listed = [...tensors].map(([name, { dtype, shape, begin, end }]) => {
      if (!isCheckpointType(dtype)) throw wrongType(name, dtype);
      return { name, dtype, shape, bytes: end - begin };
    });
    yield encodeSafetensorsHeader(listed, { ...metadata, run: runId });
    try {
      yield* this.slices(dataStart, this.bytes);
    } catch (error) {
      // Otherwise a copy would report it as an error of its destination.
      throw unusable(this.file, error);
    }
  }

  private async *slices(begin: number, end: number): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(Math.min(SLICE_BYTES, end - begin));
    for (let at = begin; at < end;) {
      const slice = buffer.subarray(0, Math.min(buffer.length, end - at));
      if ((await readFully(this.handle, slice, at)) < slice.length) {
        throw new RunError('it became shorter while it was read');
      }
      yield slice;
      at += slice.length;
    }
  }
}

/** What goes wrong as one sentence that names the file. */
export async function orUnusable<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unusable(file, error);
  }
}

function unusable(file: string, error: unknown): RunError {
  return new RunError(`The checkpoint ${printable(file)} cannot be used: ${printable(reasonOf(error))}.`, {
    cause: error,
  });
}

async function readHeader(handle: FileHandle, size: number): Promise<SafetensorsHeader> {
  const head = new Uint8Array(Math.min(HEAD_BYTES, size));
  await readFully(handle, head, 0);
  const found = recognize(head, size, '');
  if (found.kind === 'foreign' && found.surely) throw new FormatError(found.sentence);
  const prefix = new Uint8Array(8);
  if ((await readFully(handle, prefix, 0)) < prefix.length) throw new RunError('it is too short');
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    throw new RunError(length > size ? 'it is not a safetensors file' : 'its header is too large');
  }
  const header = new Uint8Array(safetensorsDataStart(prefix, size));
  await readFully(handle, header, 0);
  return parseSafetensorsHeader(header, size, { limits: HEADER_LIMITS });
}
