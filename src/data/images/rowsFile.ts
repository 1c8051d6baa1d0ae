import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { StoredRows } from '../rows';

/**
 * Decoded images in a file, all of one size, with what could not be decoded:
 *
 *   0     "LSIMAGES", format version, bytes of a row, number of rows, length of the index (uint32, little-endian)
 *   24    SHA-256 of the index
 *   4096  rows
 *   …     the index: CRC-32 of each row, then JSON: the key, and position and reason of each file that was skipped
 *
 * The header is written last, so a file without one is incomplete.
 */

const MAGIC = Buffer.from('LSIMAGES');
/** Also of how images are decoded. */
const VERSION = 1;
const HEADER = 56;
const FIRST_ROW = 4096;
const BUFFERED = 1 << 22;
/** Of the index: more than the names and reasons of any listing. */
const LARGEST_INDEX = 2 ** 31 - 1;

export type Skip = readonly [position: number, reason: string];

export interface RowsFile {
  readonly rows: StoredRows;
  readonly count: number;
  readonly skipped: readonly Skip[];
}

/** Writes rows in order. Errors are those of the file system. */
export class RowsWriter {
  private readonly descriptor: number;
  private readonly checksums: number[] = [];
  private readonly skipped: Skip[] = [];
  private readonly buffer = Buffer.allocUnsafe(BUFFERED);
  private buffered = 0;
  private position = FIRST_ROW;

  constructor(
    file: string,
    private readonly rowBytes: number,
    private readonly key: string,
  ) {
    this.descriptor = openSync(file, 'wx', 0o600);
  }

  get count(): number {
    return this.checksums.length;
  }

  add(row: Uint8Array): void {
    if (row.length !== this.rowBytes)
      throw new RangeError(`A row has ${row.length} bytes instead of ${this.rowBytes}.`);
    this.checksums.push(crc32(row));
    if (this.buffered + row.length > this.buffer.length) this.flush();
    if (row.length > this.buffer.length) this.write(row);
    else {
      this.buffer.set(row, this.buffered);
      this.buffered += row.length;
    }
  }

  /** Notes that the file at this position of the listing gave no row. */
  skip(position: number, reason: string): void {
    this.skipped.push([position, reason]);
  }

  /** Completes the file. */
  finish(): void {
    this.flush();
    const words = Buffer.from(JSON.stringify({ key: this.key, skipped: this.skipped }));
    const index = Buffer.concat([Buffer.from(Uint32Array.from(this.checksums).buffer), words]);
    this.write(index);
    const header = Buffer.alloc(HEADER);
    MAGIC.copy(header);
    for (const [at, value] of [VERSION, this.rowBytes, this.count, index.length].entries()) {
      header.writeUInt32LE(value, 8 + 4 * at);
    }
    createHash('sha256').update(index).digest().copy(header, 24);
    writeAll(this.descriptor, header, 0);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private flush(): void {
    this.write(this.buffer.subarray(0, this.buffered));
    this.buffered = 0;
  }

  private write(bytes: Uint8Array): void {
    writeAll(this.descriptor, bytes, this.position);
    this.position += bytes.length;
  }
}

/**
 * Opens a file of rows; undefined if there is none of that key, or it is incomplete or damaged. Its descriptor stays open, so
 * that the rows remain readable when the file is replaced or removed.
 */
export function openRows(file: string, key: string, rowBytes: number): RowsFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  const opened = readIndex(file, descriptor, key, rowBytes);
  if (opened === undefined) closeSync(descriptor);
  return opened;
}

function readIndex(file: string, descriptor: number, key: string, rowBytes: number): RowsFile | undefined {
  try {
    const header = readAll(descriptor, HEADER, 0);
    const [version, bytes, count, length] = [8, 12, 16, 20].map((at) => header.readUInt32LE(at)) as [
      number,
      number,
      number,
      number,
    ];
    if (!header.subarray(0, MAGIC.length).equals(MAGIC) || version !== VERSION || bytes !== rowBytes) return undefined;
    const start = FIRST_ROW + count * rowBytes;
    if (length > LARGEST_INDEX || length < 4 * count || fstatSync(descriptor).size !== start + length) return undefined;
    const index = readAll(descriptor, length, start);
    if (!createHash('sha256').update(index).digest().equals(header.subarray(24, HEADER))) return undefined;
    const words = JSON.parse(index.toString('utf8', 4 * count)) as { key: string; skipped: Skip[] };
    if (words.key !== key) return undefined;
    // Shared with the thread that reads batches; a copy, which is aligned.
    const checksums = new Uint32Array(new SharedArrayBuffer(4 * count));
    for (let row = 0; row < count; row++) checksums[row] = index.readUInt32LE(4 * row);
    return { rows: { file, descriptor, offset: FIRST_ROW, size: rowBytes, checksums }, count, skipped: words.skipped };
  } catch {
    return undefined;
  }
}

function readAll(descriptor: number, length: number, position: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const read = readSync(descriptor, bytes, done, length - done, position + done);
    if (read === 0) throw new RangeError('The file is too short.');
    done += read;
  }
  return bytes;
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
}
