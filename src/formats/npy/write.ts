import { crc32 } from 'node:zlib';

/** An array in C order, as NumPy's file format holds it (`np.load` reads it). */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

const ALIGNMENT = 64;

/** An array whose values come one part after the other. */
export interface StreamedArray {
  readonly shape: readonly number[];
  readonly type: 'float32' | 'int32';
  readonly values: AsyncIterable<NpyArray['data']> | Iterable<NpyArray['data']>;
}

/** Encodes as version 1.0, the data aligned to 64 bytes. Throws a RangeError where shape and data disagree. */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array {
  const size = sizeOf(shape);
  if (size !== data.length)
    throw new RangeError(`${data.length} values are not an array of shape [${shape.join(', ')}].`);
  const header = npyHeader(shape, typeOf(data));
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(bytesOf(data), header.length);
  return bytes;
}

function npyHeader(shape: readonly number[], type: string): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start).fill(0x20);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(dictionary), 10);
  bytes[start - 1] = 0x0a;
  return bytes;
}

function typeOf(data: NpyArray['data']): string {
  if (data instanceof Float32Array) return '<f4';
  if (data instanceof Float64Array) return '<f8';
  return data instanceof Int32Array ? '<i4' : '|u1';
}

/** An archive of arrays by name (`np.load(…)['name']`): a ZIP of stored `.npy` files. Throws a RangeError past 4 GB. */
export function encodeNpz(arrays: ReadonlyMap<string, NpyArray>): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const members: Member[] = [];
  let offset = 0;
  for (const [name, array] of arrays) {
    const data = encodeNpy(array);
    const member = { file: fileOf(name), flags: UTF8, size: data.length, checksum: crc32(data), offset };
    const local = localHeader(member);
    members.push(member);
    chunks.push(local, data);
    offset += local.length + data.length;
  }
  return [...chunks, directoryOf(members, offset)];
}

/**
 * The same for arrays that need not be in memory as a whole. The checksum of each, which is known only when all of it has passed,
 * follows its data (APPNOTE 4.3.9). Throws a RangeError past 4 GB before anything is written, and for an array that has not as many
 * values as its shape.
 */
export async function* streamNpz(arrays: Readonly<Record<string, StreamedArray>>): AsyncGenerator<Uint8Array> {
  const members: Member[] = [];
  let offset = 0;
  const planned = Object.entries(arrays).map(([name, { shape, type, values }]) => {
    const header = npyHeader(shape, type === 'float32' ? '<f4' : '<i4');
    const member = { file: fileOf(name), flags: UTF8 | CHECKSUM_FOLLOWS, size: header.length + 4 * sizeOf(shape) };
    return { member, header, values };
  });
  checkSize(planned.reduce((sum, { member }) => sum + member.size, 0));
  for (const { member, header, values } of planned) {
    const local = localHeader({ ...member, size: 0, checksum: 0 });
    yield local;
    yield header;
    let checksum = crc32(header);
    let written = header.length;
    for await (const part of values) {
      const bytes = bytesOf(part);
      checksum = crc32(bytes, checksum);
      written += bytes.length;
      yield bytes;
    }
    if (written !== member.size) throw new RangeError(`${written} bytes came of an array of ${member.size}.`);
    const descriptor = fields32(0x08074b50, checksum, written, written);
    yield descriptor;
    members.push({ ...member, checksum, offset });
    offset += local.length + written + descriptor.length;
  }
  yield directoryOf(members, offset);
}

/** What both headers of a member of the archive tell. */
interface Member {
  readonly file: Uint8Array;
  readonly flags: number;
  readonly size: number;
  readonly checksum: number;
  /** Where its own header begins. */
  readonly offset: number;
}

/** Flags of a member (APPNOTE 4.4.4): its name is in UTF-8; its checksum and sizes follow the data. */
const UTF8 = 0x0800;
const CHECKSUM_FOLLOWS = 0x0008;

function fileOf(name: string): Uint8Array {
  return new TextEncoder().encode(`${name}.npy`);
}

function localHeader(member: Omit<Member, 'offset'>): Uint8Array {
  return join([fields32(0x04034b50), commonFields(member), member.file]);
}

/** The directory at the end of an archive, and what tells where it begins. */
function directoryOf(members: readonly Member[], start: number): Uint8Array {
  const index = join(
    members.map((member) =>
      join([
        fields32(0x02014b50),
        fields16(20),
        commonFields(member),
        new Uint8Array(10),
        fields32(member.offset),
        member.file,
      ]),
    ),
  );
  checkSize(start + index.length);
  const counts = fields16(0, 0, members.length, members.length);
  return join([index, fields32(0x06054b50), counts, fields32(index.length, start), fields16(0)]);
}

/** From "version needed" to "extra field length" (APPNOTE 4.3.7): stored, dated 1980-01-01. */
function commonFields({ flags, checksum, size, file }: Omit<Member, 'offset'>): Uint8Array {
  return join([fields16(20, flags, 0, 0, 0x21), fields32(checksum, size, size), fields16(file.length, 0)]);
}

function checkSize(bytes: number): void {
  if (bytes >= 0xfff00000) throw new RangeError('Archives over 4 GB are not supported.');
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function bytesOf(data: NpyArray['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function fields16(...values: number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.length * 2));
  values.forEach((value, i) => bytes.setUint16(i * 2, value, true));
  return new Uint8Array(bytes.buffer);
}

function fields32(...values: number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => bytes.setUint32(i * 4, value, true));
  return new Uint8Array(bytes.buffer);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
