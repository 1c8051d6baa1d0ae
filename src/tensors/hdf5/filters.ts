import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { FormatError } from '../../formats/error';
import { decodeText } from './fileBytes';
import { MESSAGE, type ObjectHeader } from './objectHeader';

export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const LZF = 32_000;
const NAMES: Readonly<Record<number, string>> = {
  4: 'szip',
  5: 'n-bit',
  6: 'scale-offset',
  307: 'bzip2',
  32_001: 'Blosc',
  32_004: 'LZ4',
  32_008: 'bitshuffle',
  32_013: 'ZFP',
  32_015: 'Zstandard',
  32_026: 'Blosc2',
};

/** Filters of a data set, in the order in which its chunks went through them. Throws {@link FormatError}. */
export async function filtersOf(header: ObjectHeader): Promise<readonly Filter[]> {
  const message = await header.find(MESSAGE.filters);
  if (message === undefined) return [];
  const version = message.u8();
  if (version !== 1 && version !== 2) throw new FormatError(`its filters have the unknown version ${version}`);
  const count = message.u8();
  if (version === 1) message.skip(6);
  return Array.from({ length: count }, (): Filter => {
    const id = message.u16();
    const named = version === 1 || id >= 256;
    const nameBytes = named ? message.u16() : 0;
    message.skip(2);
    const values = message.u16();
    decodeText(message.take(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes));
    const its = { id, values: Array.from({ length: values }, message.u32) };
    if (version === 1 && values % 2 === 1) message.skip(4);
    return its;
  });
}

/** Why chunks cannot be decoded, for use after a colon; undefined if they can. */
export function filterProblem(filters: readonly Filter[]): string | undefined {
  const unknown = filters.find(({ id }) => ![DEFLATE, SHUFFLE, FLETCHER32, LZF].includes(id));
  if (unknown === undefined) return undefined;
  const name = NAMES[unknown.id];
  return `its values are encoded with filter ${unknown.id}${name === undefined ? '' : ` (${name})`}, which is not supported`;
}

/**
 * Decodes a filtered chunk.
 *
 * @param mask of the filters that were left out
 * @param limit bytes of the chunk
 * @throws {FormatError} if it is damaged
 */
export async function unfilter(
  packed: Uint8Array,
  filters: readonly Filter[],
  mask: number,
  limit: number,
): Promise<Uint8Array> {
  let bytes = packed;
  for (let i = filters.length - 1; i >= 0; i--) {
    if (((mask >>> i) & 1) === 1) continue;
    const { id, values } = filters[i]!;
    // A checksum follows the values unless it is the last filter.
    if (id === DEFLATE) bytes = await inflated(bytes, limit + 4);
    else if (id === SHUFFLE) bytes = unshuffled(bytes, values[0] ?? 1);
    else if (id === FLETCHER32) bytes = checked(bytes);
    else if (id === LZF) bytes = lzf(bytes, limit + 4);
  }
  return bytes;
}

async function inflated(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  try {
    return await promisify(inflate)(bytes, { maxOutputLength: limit });
  } catch {
    throw new FormatError('A chunk of compressed values is damaged.');
  }
}

/** First bytes of all elements, then the second ones, and so on; trailing bytes of no element stay in place. */
function unshuffled(bytes: Uint8Array, size: number): Uint8Array {
  if (size <= 1) return bytes;
  const elements = Math.floor(bytes.length / size);
  const result = new Uint8Array(bytes);
  for (let byte = 0; byte < size; byte++) {
    for (let i = 0; i < elements; i++) result[i * size + byte] = bytes[byte * elements + i]!;
  }
  return result;
}

function checked(bytes: Uint8Array): Uint8Array {
  const values = bytes.subarray(0, Math.max(0, bytes.length - 4));
  let [first, second] = [0, 0];
  for (let i = 0; i < values.length; i += 2) {
    first = (first + (values[i]! << 8) + (values[i + 1] ?? 0)) % 65535;
    second = (second + first) % 65535;
  }
  const sum = Buffer.from(bytes.subarray(values.length));
  // Some versions of the library wrote the halves of the sum in the other byte order.
  const [low, high] = sum.length === 4 ? [sum.readUInt16LE(0), sum.readUInt16LE(2)] : [-1, -1];
  const swapped = (half: number) => ((half & 0xff) << 8) | (half >> 8);
  const same = (a: number, b: number) => a % 65535 === b;
  if ((same(low, first) && same(high, second)) || (same(swapped(low), first) && same(swapped(high), second)))
    return values;
  throw new FormatError('A chunk of values is damaged: its checksum differs.');
}

/** LibLZF, h5py’s fast filter: literal runs, and back-references. */
function lzf(packed: Uint8Array, limit: number): Uint8Array {
  const result = new Uint8Array(limit);
  const damaged = () => new FormatError('A chunk of compressed values is damaged.');
  let to = 0;
  for (let at = 0; at < packed.length;) {
    const control = packed[at++]!;
    if (control < 32) {
      const run = packed.subarray(at, at + control + 1);
      if (run.length !== control + 1 || to + run.length > limit) throw damaged();
      result.set(run, to);
      at += run.length;
      to += run.length;
      continue;
    }
    const long = control >> 5 === 7;
    const length = (control >> 5) + 2 + (long ? packed[at++]! : 0);
    const from = to - ((control & 31) << 8) - packed[at++]! - 1;
    // Past the packed end the bytes are undefined and the sums NaN.
    if (!(from >= 0) || !(to + length <= limit)) throw damaged();
    for (let i = 0; i < length; i++) result[to + i] = result[from + i]!;
    to += length;
  }
  return result.subarray(0, to);
}
