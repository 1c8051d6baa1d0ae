import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { FormatError } from '../../formats/error';
import { isNpy, npyDataStart, NPY_PREFIX_BYTES, parseNpyHeader, type NpyHeader } from '../../formats/npy';
import { quote } from '../../formats/strictJson';
import { readZipDirectory, ZIP_LOCAL_BYTES, zipDataStart, type ZipMember } from '../../formats/zip';
import { isNumeric, numbersIn } from './numbers';

/** An array in a file, of which only the header has been read. */
export interface StoredArray {
  /** Within an archive; "" of a file that is one array. */
  readonly name: string;
  readonly shape: readonly number[];
  /** First index fastest, instead of last. */
  readonly fortran: boolean;
  /** NumPy's code of the element type without its byte order, such as "u1". */
  readonly kind: string;
  /** The elements in the order of the file, in pieces. Throws {@link FormatError} for a damaged file. */
  readonly pieces: () => AsyncIterable<ArrayLike<number>>;
}

const PIECE_BYTES = 1 << 20;
/** An archive with more arrays is no data set; each header takes a read. */
const MOST_ARRAYS = 100;

/**
 * The arrays of a `.npy` file or a `.npz` archive (numpy.lib.format; NumPy writes ZIP archives, stored or deflated); undefined if the
 * file is neither. Throws {@link FormatError}: for a damaged file, and for arrays of anything but numbers. Whatever a file
 * declares is compared with its size before memory is taken.
 */
export async function openNumpy(handle: FileHandle): Promise<readonly StoredArray[] | undefined> {
  const { size } = await handle.stat();
  const start = await readAt(handle, 0, Math.min(NPY_PREFIX_BYTES, size));
  if (isNpy(start)) {
    const whole = { bytes: size, read: () => fileBytes(handle, 0, size) };
    return [await opened('', whole)];
  }
  if (start[0] !== 0x50 || start[1] !== 0x4b) return undefined;
  const members = (await readZipDirectory(size, (from, length) => readAt(handle, from, length))).filter(({ name }) =>
    name.endsWith('.npy'),
  );
  if (members.length > MOST_ARRAYS) {
    throw new FormatError(`It holds ${members.length} arrays; a data set has at most ${MOST_ARRAYS}.`);
  }
  const arrays: StoredArray[] = [];
  for (const member of members) {
    const { name, problem, bytes } = member;
    if (problem !== undefined) throw new FormatError(`Its member ${quote(name)} cannot be read: ${problem}.`);
    arrays.push(await opened(name.slice(0, -'.npy'.length), { bytes, read: () => memberBytes(handle, member) }));
  }
  return arrays;
}

/** Bytes of a file or of a member of an archive. */
interface Stored {
  /** How many there are. */
  readonly bytes: number;
  readonly read: () => AsyncIterable<Uint8Array>;
}

async function opened(name: string, { bytes, read }: Stored): Promise<StoredArray> {
  const header = await headerOf(read());
  const { kind, bigEndian, itemBytes, shape, fortran, dataStart } = header;
  const what = name === '' ? 'This NumPy array' : `The NumPy array ${quote(name)}`;
  if (kind === 'object') {
    throw new FormatError(`${what} contains Python objects, which can only be read by executing code from the file.`);
  }
  if (!isNumeric(kind))
    throw new FormatError(`${what} has elements of type ${quote(kind)}, which are no real numbers.`);
  const length = shape.reduce((product, count) => product * count, itemBytes);
  const present = bytes - dataStart;
  // The product of a damaged header is either exact or far too large, or not a number.
  if (!(length <= present)) {
    const shown = shape.slice(0, 8).join('×');
    throw new FormatError(`${what} is truncated: its shape ${shown} takes ${length} bytes, and ${present} are there.`);
  }
  // A small array would else be a pretext for unpacking much.
  if (name !== '' && length < present) throw new FormatError(`${what} has ${present - length} bytes after its values.`);
  const pieces = async function* () {
    for await (const piece of elements(read(), dataStart, length, itemBytes)) yield numbersIn(piece, kind, bigEndian);
  };
  return { name, shape, fortran: fortran && shape.length > 1, kind, pieces };
}

async function headerOf(bytes: AsyncIterable<Uint8Array>): Promise<NpyHeader> {
  let start: Uint8Array = new Uint8Array(0);
  for await (const piece of bytes) {
    start = Buffer.concat([start, piece]);
    if (start.length >= NPY_PREFIX_BYTES && start.length >= npyDataStart(start)) break;
  }
  return parseNpyHeader(start);
}

/** The bytes of a stream from `start` on, `length` of them, cut between elements. Reads the stream to its end, for its checksum. */
async function* elements(
  bytes: AsyncIterable<Uint8Array>,
  start: number,
  length: number,
  itemBytes: number,
): AsyncGenerator<Uint8Array> {
  let [at, rest]: [number, Uint8Array] = [0, new Uint8Array(0)];
  for await (const piece of bytes) {
    const within = piece.subarray(Math.max(0, start - at), Math.max(0, start + length - at));
    at += piece.length;
    const whole = rest.length === 0 ? within : Buffer.concat([rest, within]);
    const end = whole.length - (whole.length % itemBytes);
    rest = whole.subarray(end);
    if (end > 0) yield whole.subarray(0, end);
  }
}

/** The unpacked bytes of a member, checked against its checksum when the last one has been taken. */
async function* memberBytes(handle: FileHandle, member: ZipMember): AsyncGenerator<Uint8Array> {
  const { name, method, bytes, compressedBytes } = member;
  const start = zipDataStart(await readAt(handle, member.headerStart, ZIP_LOCAL_BYTES), member);
  const stored = fileBytes(handle, start, compressedBytes);
  let [total, checksum] = [0, 0];
  for await (const piece of method === 'stored' ? stored : inflated(stored, name)) {
    total += piece.length;
    if (total > bytes)
      throw new FormatError(`The member ${quote(name)} unpacks to more than the ${bytes} bytes it declares.`);
    checksum = crc32(piece, checksum);
    yield piece;
  }
  if (total < bytes)
    throw new FormatError(`The member ${quote(name)} is truncated: ${total} of ${bytes} bytes are there.`);
  if (checksum !== member.crc32) throw new FormatError(`The member ${quote(name)} is damaged: its checksum differs.`);
}

async function* inflated(packed: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const inflater = createInflateRaw({ chunkSize: PIECE_BYTES });
  // A failure destroys the inflater, so that the loop below throws it.
  const feeding = pipeline(packed, inflater).catch(() => undefined);
  try {
    for await (const piece of inflater as AsyncIterable<Uint8Array>) yield piece;
  } catch (error) {
    throw error instanceof FormatError ? error : new FormatError(`The member ${quote(name)} cannot be decompressed.`);
  } finally {
    inflater.destroy();
    await feeding;
  }
}

async function* fileBytes(handle: FileHandle, start: number, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += PIECE_BYTES) {
    yield await readAt(handle, start + at, Math.min(PIECE_BYTES, length - at));
  }
}

/** Exactly `length` bytes. Throws {@link FormatError} where the file ends before. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new FormatError('The file is truncated.');
    done += bytesRead;
  }
  return bytes;
}
