import { plural } from '../common/plural';
import { missingData } from '../common/byteCount';
import { errorMessage } from '../common/systemError';
import { FormatError } from '../formats/error';
import { npyDataStart, NPY_PREFIX_BYTES, parseNpyHeader } from '../formats/npy';
import { quote } from '../formats/strictJson';
import type { ZipMember } from '../formats/zip';
import { LARGEST_UNPACKED, type Archive } from './archive';
import { readBytes, type ByteSource } from './byteSource';
import type { Opening } from './opening';
import { checkNameAndRank, typeProblem, type Location, type StoredTensor, type TensorFile } from './tensorFile';

/** Enough for the header of any array but a record of many fields. */
const HEADER_BYTES = 16 * 1024;

const TYPES: Readonly<Record<string, string>> = {
  ...{ f8: 'F64', f4: 'F32', f2: 'F16', c8: 'C64', c16: 'C128', b1: 'BOOL' },
  ...{ i8: 'I64', i4: 'I32', i2: 'I16', i1: 'I8', u8: 'U64', u4: 'U32', u2: 'U16', u1: 'U8' },
};

/** Opens a `.npy` file. Throws {@link FormatError}. */
export async function openNpy(source: ByteSource, name: string): Promise<TensorFile> {
  const prefix = await readBytes(source, 0, Math.min(NPY_PREFIX_BYTES, source.size));
  const start = npyDataStart(prefix);
  if (start > source.size) throw new FormatError('This NumPy array is truncated within its header.');
  const header = await readBytes(source, 0, start);
  const tensor = listed(name, header, source.size, () => Promise.resolve(source));
  return { format: 'NumPy array', tensors: [tensor], metadata: {}, sources: [source] };
}

/** Opens a `.npz` archive; members that are not arrays are left out. Throws {@link FormatError}. */
export async function openNpz(archive: Archive, source: ByteSource, opening: Opening): Promise<TensorFile> {
  const tensors: StoredTensor[] = [];
  const nameOf = distinctNames(archive);
  for (const [at, member] of archive.members.entries()) {
    opening.throwIfAborted();
    if (at % 100 === 0) opening.tell(`Reading the header of array ${at + 1} of ${archive.members.length}`);
    if (!member.name.endsWith('.npy')) continue;
    const row = await openMember(archive, member);
    tensors.push({ ...row, name: nameOf(member, row.name) });
  }
  return { format: 'NumPy archive', tensors, metadata: {}, sources: [source] };
}

/** Of members of one name the last one keeps it, which is the one that numpy.load returns. */
function distinctNames({ members }: Archive): (member: ZipMember, name: string) => string {
  const last = new Map(members.map((member) => [member.name, member]));
  const counts = new Map<string, number>();
  return (member, name) => {
    if (last.get(member.name) === member) return name;
    let count = counts.get(name) ?? 0;
    do count++;
    while (last.has(`${name} (${count}).npy`));
    counts.set(name, count);
    return `${name} (${count})`;
  };
}

async function openMember(archive: Archive, member: ZipMember): Promise<StoredTensor> {
  const name = member.name.slice(0, -'.npy'.length);
  try {
    if (member.problem !== undefined) throw new FormatError(member.problem);
    const { bytes, method } = member;
    const start = await beginningOf(archive, member);
    const found = listed(name, start, bytes, () => archive.open(member));
    if (method === 'stored') return found;
    const surplus = found.at === undefined ? 0 : bytes - found.at.offset - found.bytes;
    if (surplus === 0 && bytes <= LARGEST_UNPACKED) return found;
    // Else a small array would be a pretext for unpacking much.
    const why = `${plural(surplus, 'byte')} after its values ${surplus === 1 ? 'is' : 'are'} unused`;
    const large = `it is compressed and would take ${plural(bytes, 'byte')} of memory (np.savez stores it uncompressed)`;
    return { ...found, at: undefined, problem: surplus > 0 ? why : large };
  } catch (error) {
    // One damaged member leaves the others usable.
    const why = errorMessage(error);
    const none = { type: '?', shape: [], elements: 0, bytes: member.bytes };
    return { name, ...none, problem: why.replace(/\.$/, '') };
  }
}

/** As far as the header reaches at least. */
async function beginningOf(archive: Archive, member: ZipMember): Promise<Uint8Array> {
  const start = await archive.beginning(member, HEADER_BYTES);
  const length = npyDataStart(start);
  return length > HEADER_BYTES && length <= member.bytes ? archive.beginning(member, length) : start;
}

/** The row of an array, from its first bytes and its size. */
function listed(name: string, beginning: Uint8Array, size: number, source: Location['source']): StoredTensor {
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
  if (kind === 'object') {
    const problem = 'it contains Python objects, which can only be read by executing code';
    return { name, type: 'object', shape, elements, bytes: size - dataStart, problem };
  }
  if (dataStart + bytes > size) {
    throw new FormatError(
      `The NumPy array ${quote(name)} is truncated: ${missingData(dataStart + bytes - size)}. Copy or download it again.`,
    );
  }
  const problem = typeProblem(type);
  const at = { source, offset: dataStart, bigEndian, fortran: fortran && shape.length > 1 };
  return { name, type, shape, elements, bytes, ...(problem === undefined ? { at } : { problem }) };
}
