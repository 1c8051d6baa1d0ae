/**
 * float32 arrays in NumPy's file format, version 1.0 (numpy.lib.format): magic, version, length of the header (u16), a Python
 * dictionary padded so that the data start at a multiple of 64, the data in C order.
 */
export interface FloatArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const MAGIC = '\x93NUMPY\x01\x00';
const ALIGNMENT = 64;

export function encodeNpy({ shape, data }: FloatArray): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((MAGIC.length + 2 + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const length = start - MAGIC.length - 2;
  const head = Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    Buffer.from([length & 0xff, length >> 8]),
    Buffer.from(`${dictionary.padEnd(length - 1)}\n`, 'latin1'),
  ]);
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/** Throws for whatever {@link encodeNpy} would not have written. */
export function decodeNpy(bytes: Uint8Array): FloatArray {
  const text = Buffer.from(bytes.subarray(0, 256)).toString('latin1');
  const start = MAGIC.length + 2 + (bytes[MAGIC.length] ?? 0) + 256 * (bytes[MAGIC.length + 1] ?? 0);
  const found = /^.{10}\{'descr': '<f4', 'fortran_order': False, 'shape': \(([\d, ]*)\), \} *\n/s.exec(text);
  if (!text.startsWith(MAGIC) || !found) throw new Error('This is not a float32 array in NumPy’s format 1.0.');
  const shape = found[1]!
    .split(',')
    .filter((length) => length.trim() !== '')
    .map(Number);
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== start + 4 * size) throw new Error(`The array's data have ${bytes.length - start} bytes.`);
  // Copied: the bytes may lie at an odd place of a larger buffer.
  const data = new Float32Array(size);
  new Uint8Array(data.buffer).set(bytes.subarray(start));
  return { shape, data };
}
