import { crc32, inflateRaw } from 'node:zlib';
import { promisify } from 'node:util';
import { FormatError } from '../formats/error';
import { npyDataStart, NPY_PREFIX_BYTES, parseNpyHeader } from '../formats/npy';
import { quote } from '../formats/strictJson';
import {
  findZipDirectory,
  parseZip64Record,
  parseZipDirectory,
  ZIP_LOCAL_BYTES,
  ZIP_TAIL_BYTES,
  zipDataStart,
  type ZipMember,
} from '../formats/zip';
import { MemorySource, readBytes, type ByteSource } from './byteSource';
import {
  checkNameAndRank,
  checkTensorCount,
  typeProblem,
  type Location,
  type StoredTensor,
  type TensorFile,
} from './tensorFile';

/** A packed member is unpacked whole, into memory; a stored one may have any size. */
const LARGEST_UNPACKED = 512 * 1024 * 1024;
/** Enough for the header of an array with any number of dimensions that NumPy has. */
const HEADER_BYTES = 16 * 1024;
/** Unpacked members are kept for the next look at them, up to so many bytes. */
const KEPT_UNPACKED = 512 * 1024 * 1024;

const TYPES: Readonly<Record<string, string>> = {
  ...{ f8: 'F64', f4: 'F32', f2: 'F16', c8: 'C64', c16: 'C128', b1: 'BOOL' },
  ...{ i8: 'I64', i4: 'I32', i2: 'I16', i1: 'I8', u8: 'U64', u4: 'U32', u2: 'U16', u1: 'U8' },
};

/** Opens a `.npy` file. Throws {@link FormatError}. */
export async function openNpy(source: ByteSource, name: string): Promise<TensorFile> {
  const prefix = await readBytes(source, 0, Math.min(NPY_PREFIX_BYTES, source.size));
  const start = npyDataStart(prefix);
  if (start > source.size) throw new FormatError('This NumPy array is cut off within its header.');
  const header = await readBytes(source, 0, start);
  const tensor = listed(name, header, source.size, () => Promise.resolve(source), 0);
  return { format: 'NumPy array', tensors: [tensor], metadata: {}, sources: [source] };
}

/** Opens a `.npz` archive; members that are no arrays are left out. Throws {@link FormatError}. */
export async function openNpz(source: ByteSource): Promise<TensorFile> {
  const tailStart = Math.max(0, source.size - ZIP_TAIL_BYTES);
  const tail = await readBytes(source, tailStart, source.size - tailStart);
  let directory = findZipDirectory(tail, source.size);
  if ('record64' in directory) {
    const { record64 } = directory;
    if (record64 + 56 > source.size) throw new FormatError('This ZIP archive is cut off.');
    directory = parseZip64Record(await readBytes(source, record64, 56), record64);
  }
  const members = parseZipDirectory(await readBytes(source, directory.start, directory.length), directory);
  checkTensorCount(members.length);
  const unpacked = new Unpacked(source);
  const tensors: StoredTensor[] = [];
  for (const member of members) {
    if (member.name.endsWith('.npy')) tensors.push(await openMember(source, member, unpacked));
  }
  return { format: 'NumPy archive', tensors, metadata: {}, sources: [source] };
}

async function openMember(source: ByteSource, member: ZipMember, unpacked: Unpacked): Promise<StoredTensor> {
  const name = member.name.slice(0, -'.npy'.length);
  try {
    if (member.problem !== undefined) throw new FormatError(member.problem);
    if (member.method === 'stored') {
      const start = await dataStart(source, member);
      const bytes = await readBytes(source, start, Math.min(HEADER_BYTES, member.bytes));
      return listed(name, bytes, member.bytes, () => Promise.resolve(source), start);
    }
    const start = await unpacked.beginning(member);
    const { bytes } = member;
    const found = listed(name, start, bytes, () => unpacked.open(member), 0);
    const surplus = found.at === undefined ? 0 : bytes - found.at.offset - found.bytes;
    if (surplus === 0 && bytes <= LARGEST_UNPACKED) return found;
    // Else a small array would be a pretext for unpacking much.
    const why = `${surplus} bytes behind its values belong to none`;
    const large = `it is packed and would take ${bytes} bytes of memory (np.savez stores it unpacked)`;
    return { ...found, at: undefined, problem: surplus > 0 ? why : large };
  } catch (error) {
    // One damaged member leaves the others usable.
    const why = error instanceof Error ? error.message : String(error);
    const none = { type: '?', shape: [], elements: 0, bytes: member.bytes };
    return { name, ...none, problem: why.replace(/\.$/, '') };
  }
}

/** The row of an array of which the beginning is known, and how many bytes there are of it. */
function listed(
  name: string,
  beginning: Uint8Array,
  size: number,
  source: Location['source'],
  start: number,
): StoredTensor {
  const { kind, bigEndian, fortran, shape, itemBytes, dataStart } = parseNpyHeader(beginning);
  checkNameAndRank(name, shape);
  const elements = shape.reduce((product, length) => product * length, 1);
  const bytes = elements * itemBytes;
  if (!Number.isSafeInteger(elements) || !Number.isSafeInteger(bytes)) {
    throw new FormatError(
      `The NumPy array ${quote(name)} has the impossible shape [${shape.slice(0, 16).join(', ')}].`,
    );
  }
  const type = Object.hasOwn(TYPES, kind) ? TYPES[kind]! : kind;
  if (kind.startsWith('O')) {
    const problem = 'it holds Python objects, which only running code could read';
    return { name, type: 'object', shape, elements, bytes: size - dataStart, problem };
  }
  if (dataStart + bytes > size) {
    throw new FormatError(
      `The NumPy array ${quote(name)} is cut off: ${dataStart + bytes - size} bytes of data are missing.`,
    );
  }
  const problem = typeProblem(type);
  const at = { source, offset: start + dataStart, bigEndian, fortran: fortran && shape.length > 1 };
  return { name, type, shape, elements, bytes, ...(problem === undefined ? { at } : { problem }) };
}

async function dataStart(source: ByteSource, member: ZipMember): Promise<number> {
  const start = zipDataStart(await readBytes(source, member.headerStart, ZIP_LOCAL_BYTES), member);
  if (start + member.compressedBytes > source.size) throw new FormatError('it reaches beyond the end of the file');
  return start;
}

/** Packed members, unpacked when they are looked at. */
class Unpacked {
  private readonly kept = new Map<string, MemorySource>();

  constructor(private readonly source: ByteSource) {}

  /** The beginning of a member; what is behind it is not unpacked. */
  async beginning(member: ZipMember): Promise<Uint8Array> {
    const start = await dataStart(this.source, member);
    const packed = await readBytes(this.source, start, Math.min(member.compressedBytes, HEADER_BYTES));
    // Z_SYNC_FLUSH takes an end that is missing for what it is.
    const bytes = await unpack(packed, HEADER_BYTES * 1040, 2);
    return bytes.subarray(0, Math.min(bytes.length, HEADER_BYTES, member.bytes));
  }

  async open(member: ZipMember): Promise<ByteSource> {
    const known = this.kept.get(member.name);
    if (known !== undefined) return known;
    const start = await dataStart(this.source, member);
    const packed = await readBytes(this.source, start, member.compressedBytes);
    const bytes = await unpack(packed, member.bytes);
    if (bytes.length !== member.bytes) {
      throw new FormatError(`${quote(member.name)} unpacks to ${bytes.length} bytes and not to ${member.bytes}.`);
    }
    if (crc32(bytes) !== member.crc32) throw new FormatError(`${quote(member.name)} is damaged: its checksum differs.`);
    const source = new MemorySource(bytes);
    let sum = source.size;
    for (const [name, { size }] of [...this.kept].reverse()) {
      sum += size;
      if (sum > KEPT_UNPACKED) this.kept.delete(name);
    }
    this.kept.set(member.name, source);
    return source;
  }
}

async function unpack(packed: Uint8Array, limit: number, finishFlush?: number): Promise<Uint8Array> {
  try {
    return await promisify(inflateRaw)(packed, { maxOutputLength: Math.max(1, limit), finishFlush });
  } catch {
    throw new FormatError('The packed data are damaged.');
  }
}
