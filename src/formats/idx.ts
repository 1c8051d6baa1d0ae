import { plural } from '../common/plural';
import { FormatError } from './error';

/** An array of bytes as an idx file holds it, row-major. */
export interface IdxArray {
  readonly shape: number[];
  /** A view into the bytes that were decoded, not a copy. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
/** More axes than any data set has; keeps a damaged header from being read as a long list of sizes. */
const MAX_RANK = 8;
/** Bytes that hold every header. */
export const LONGEST_IDX_HEADER = 4 + 4 * MAX_RANK;

/**
 * Decodes an idx file of unsigned bytes (Yann LeCun, "The MNIST database", file formats): `0 0 type rank`, one
 * big-endian u32 per axis, then the data. Images are [count, height, width], labels [count].
 *
 * Throws {@link FormatError} for other element types, for a file that is truncated and for one with bytes left over.
 */
export function decodeIdx(bytes: Uint8Array): IdxArray {
  const { shape, dataStart } = decodeIdxHeader(bytes, bytes.length);
  return { shape, data: bytes.subarray(dataStart) };
}

/**
 * The header alone: `bytes` may end after it ({@link LONGEST_IDX_HEADER}), `length` is that of the whole file. Throws
 * likewise.
 */
export function decodeIdxHeader(bytes: Uint8Array, length: number): { shape: number[]; dataStart: number } {
  if (bytes.length < 4) throw new FormatError(`An idx file needs at least 4 bytes; this one has ${bytes.length}.`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new FormatError('This is a gzip file; unpack it first to get the idx file inside.');
  }
  if (bytes[0] !== 0 || bytes[1] !== 0)
    throw new FormatError('Not an idx file: it does not begin with two zero bytes.');
  const type = bytes[2]!;
  const rank = bytes[3]!;
  if (type !== UNSIGNED_BYTE) {
    throw new FormatError(
      `This idx file holds elements of type 0x${hex(type)}; only unsigned bytes (0x08) are supported.`,
    );
  }
  if (rank < 1 || rank > MAX_RANK)
    throw new FormatError(`This idx file claims ${rank} axes; 1 to ${MAX_RANK} are supported.`);
  const dataStart = 4 + 4 * rank;
  if (bytes.length < dataStart) throw new FormatError('This idx file ends within its header.');

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // A product of eight u32 stays below 2^256: exact enough to compare, since a sum that loses digits is far too large.
  const count = shape.reduce((product, size) => product * size, 1);
  const present = length - dataStart;
  if (count !== present) {
    throw new FormatError(
      `This idx file declares ${shape.join(' × ')} = ${plural(count, 'byte')} of data but has ${present}.`,
    );
  }
  return { shape, dataStart };
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
