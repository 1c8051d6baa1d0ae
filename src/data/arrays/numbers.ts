/** Numbers as an element type stores them, by NumPy's code of the type: what is not listed are no numbers. */
const READERS: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => ArrayLike<number>>> = {
  b1: (bytes) => bytes.map((byte) => (byte === 0 ? 0 : 1)),
  u1: (bytes) => bytes,
  i1: ({ buffer }) => new Int8Array(buffer),
  u2: ({ buffer }) => new Uint16Array(buffer),
  i2: ({ buffer }) => new Int16Array(buffer),
  u4: ({ buffer }) => new Uint32Array(buffer),
  i4: ({ buffer }) => new Int32Array(buffer),
  u8: ({ buffer }) => Float64Array.from(new BigUint64Array(buffer), Number),
  i8: ({ buffer }) => Float64Array.from(new BigInt64Array(buffer), Number),
  f2: ({ buffer }) => Float32Array.from(new Uint16Array(buffer), half),
  f4: ({ buffer }) => new Float32Array(buffer),
  f8: ({ buffer }) => new Float64Array(buffer),
};

export function isNumeric(kind: string): boolean {
  return Object.hasOwn(READERS, kind);
}

/** The numbers in whole elements of a type that {@link isNumeric}; integers beyond 2^53 lose their last digits. */
export function numbersIn(bytes: Uint8Array, kind: string, bigEndian: boolean): ArrayLike<number> {
  // A copy begins where its buffer does, as views of wider elements require, and may be turned around.
  const own = new Uint8Array(bytes);
  const width = Number(kind.slice(1));
  if (bigEndian && width > 1) swap(own, width);
  return READERS[kind]!(own);
}

function swap(bytes: Uint8Array<ArrayBuffer>, width: number): void {
  const buffer = Buffer.from(bytes.buffer);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else buffer.swap64();
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
