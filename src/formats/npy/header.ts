import { FormatError } from '../error';
import { parseDescr, type NpyType } from './dtype';
import { parseLiteral, Tuple, type Literal } from './literal';

/**
 * NumPy's file format (numpy.lib.format, versions 1 to 3): magic, version, length of the header, a dictionary of Python
 * that says type, order and shape, and the data.
 */
export interface NpyHeader extends NpyType {
  /** First index fastest, instead of last. */
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Start of the data. */
  readonly dataStart: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy itself refuses headers of more than 10,000 characters by default. */
const MAXIMUM_HEADER_BYTES = 1_000_000;
/** Magic, version and the longer of the two lengths. */
export const NPY_PREFIX_BYTES = 12;

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Where the data begin, from the first {@link NPY_PREFIX_BYTES} bytes: as much must be read to parse the header. */
export function npyDataStart(bytes: Uint8Array): number {
  if (bytes.length < 10 || !isNpy(bytes))
    throw new FormatError('This is not a NumPy array: it does not begin like one.');
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw new FormatError(`This NumPy array has the unknown version ${version}.`);
  if (version > 1 && bytes.length < NPY_PREFIX_BYTES) throw new FormatError('This NumPy array is truncated.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAXIMUM_HEADER_BYTES) throw new FormatError(`This NumPy array declares a header of ${length} bytes.`);
  return (version === 1 ? 10 : 12) + length;
}

/** Parses a header; `bytes` must reach to its end at least. Throws {@link FormatError}. */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  const dataStart = npyDataStart(bytes);
  if (bytes.length < dataStart) throw new FormatError('This NumPy array is truncated within its header.');
  const start = bytes[6] === 1 ? 10 : 12;
  // Latin-1 in versions 1 and 2, UTF-8 in 3; only names of record fields need more than ASCII.
  const encoded = bytes.subarray(start, dataStart);
  const text = bytes[6] === 3 ? new TextDecoder('utf-8').decode(encoded) : Buffer.from(encoded).toString('latin1');
  const { descr, fortran, shape } = parseDictionary(text);
  return { ...parseDescr(descr), fortran, shape, dataStart };
}

function parseDictionary(text: string): { descr: Literal | undefined; fortran: boolean; shape: number[] } {
  let root: Literal;
  try {
    root = parseLiteral(text);
  } catch (error) {
    const reason = error instanceof FormatError ? error.message : String(error);
    throw new FormatError(`The header of this NumPy array is damaged: ${reason}.`);
  }
  if (!(root instanceof Map)) throw new FormatError('The header of this NumPy array is not a dictionary.');
  const fortran = root.get('fortran_order');
  const shape = root.get('shape');
  if (typeof fortran !== 'boolean') throw new FormatError('The header of this NumPy array does not state its order.');
  if (!(shape instanceof Tuple) || !shape.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)) {
    throw new FormatError('The header of this NumPy array has a shape that is not a list of sizes.');
  }
  return { descr: root.get('descr'), fortran, shape: [...shape].map(Number) };
}
