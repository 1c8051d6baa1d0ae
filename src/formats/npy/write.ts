import { crc32 } from 'node:zlib';

/** An array in C order, as NumPy's file format holds it (`np.load` reads it). */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

const ALIGNMENT = 64;

/** Encodes as version 1.0, the data aligned to 64 bytes. Throws a RangeError where shape and data disagree. */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== data.length)
    throw new RangeError(`${data.length} values are not an array of shape [${shape.join(', ')}].`);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${typeOf(data)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + data.byteLength).fill(0x20, 0, start);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(dictionary), 10);
  bytes[start - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
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
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, array] of arrays) {
    const file = new TextEncoder().encode(`${name}.npy`);
    const data = encodeNpy(array);
    const common = commonFields(data, file.length);
    const local = join([fields32(0x04034b50), common, file]);
    directory.push(join([fields32(0x02014b50), fields16(20), common, new Uint8Array(10), fields32(offset), file]));
    chunks.push(local, data);
    offset += local.length + data.length;
  }
  const index = join(directory);
  if (offset + index.length >= 0xffffffff) throw new RangeError('Archives over 4 GB are not supported.');
  const counts = fields16(0, 0, arrays.size, arrays.size);
  chunks.push(index, join([fields32(0x06054b50), counts, fields32(index.length, offset), fields16(0)]));
  return chunks;
}

/** From "version needed" to "extra field length" (APPNOTE 4.3.7): stored, names in UTF-8, dated 1980-01-01. */
function commonFields(data: Uint8Array, nameLength: number): Uint8Array {
  return join([
    fields16(20, 0x0800, 0, 0, 0x21),
    fields32(crc32(data), data.length, data.length),
    fields16(nameLength, 0),
  ]);
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
