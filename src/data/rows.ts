import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { reasonOf } from '../common/systemError';
import { DataError } from './error';

/**
 * Rows of bytes that stay in an open file because they do not fit into memory, each read when it is needed. Plain data, so
 * that a thread of the same process can be given it, which shares the open file.
 */
export interface StoredRows {
  readonly file: string;
  /** Open as long as the process uses the data set. */
  readonly descriptor: number;
  /** Where the first row begins. */
  readonly offset: number;
  /** Bytes of a row. */
  readonly size: number;
  /** CRC-32 of each row. */
  readonly checksums: Uint32Array;
}

/** The values of a set's examples: [count, …] in memory, or in a file. */
export type Values = Uint8Array | Float32Array | StoredRows;

interface Valued {
  readonly count: number;
  readonly values: Values;
}

export function isStored(values: Values): values is StoredRows {
  return !ArrayBuffer.isView(values);
}

/** Number of values of an example. */
export function exampleLength({ values, count }: Valued): number {
  return isStored(values) ? values.size : values.length / count;
}

/**
 * The values of `count` examples from `from` on: [count, …], at most as many as the set has. In memory they are a view. Throws
 * {@link DataError} if they are in a file that cannot be read or was damaged.
 */
export function examplesOf(set: Valued, from: number, count: number): Uint8Array | Float32Array {
  const size = exampleLength(set);
  const end = Math.min(set.count, from + count);
  if (!isStored(set.values)) return set.values.subarray(from * size, end * size);
  return storedRows(set.values, from, Math.max(0, end - from));
}

function storedRows({ file, descriptor, offset, size, checksums }: StoredRows, from: number, count: number) {
  const bytes = new Uint8Array(count * size);
  for (let done = 0; done < bytes.length;) {
    const read = readOnce(file, descriptor, bytes, done, offset + from * size + done);
    if (read === 0) throw damaged(file);
    done += read;
  }
  for (let row = 0; row < count; row++) {
    if (crc32(bytes.subarray(row * size, (row + 1) * size)) !== checksums[from + row]) throw damaged(file);
  }
  return bytes;
}

function readOnce(file: string, descriptor: number, into: Uint8Array, at: number, position: number): number {
  try {
    return readSync(descriptor, into, at, into.length - at, position);
  } catch (error) {
    throw new DataError(`${file} cannot be read: ${reasonOf(error)}.`, DECODE_AGAIN, { cause: error });
  }
}

const DECODE_AGAIN = 'Delete that file and resume the run: the images are then decoded again.';

function damaged(file: string): DataError {
  return new DataError(`The decoded images in ${file} are damaged.`, DECODE_AGAIN);
}
