/** Element types whose values can be read, and how. */
interface Encoding {
  /** Size of one number. */
  readonly bytes: number;
  /** Numbers an element: two for a complex one. */
  readonly numbers: number;
  /** Values as numbers; `buffer` is aligned to eight bytes, little-endian, and is not kept. */
  decode(buffer: ArrayBuffer, count: number): Numbers;
  /** Exact values, for types beyond the precision of a double. */
  readonly exact?: (buffer: ArrayBuffer, count: number) => BigInt64Array | BigUint64Array;
}

export type Numbers = Float32Array | Float64Array;

const float32 = (buffer: ArrayBuffer, count: number) => new Float32Array(buffer, 0, count);
const float64 = (buffer: ArrayBuffer, count: number) => new Float64Array(buffer, 0, count);
const widened =
  (View: new (buffer: ArrayBuffer, offset: number, length: number) => ArrayLike<number>) =>
  (buffer: ArrayBuffer, count: number): Numbers =>
    new Float64Array(new View(buffer, 0, count));
const integers64 =
  (View: new (buffer: ArrayBuffer, offset: number, length: number) => ArrayLike<bigint>) =>
  (buffer: ArrayBuffer, count: number): Numbers => {
    const source = new View(buffer, 0, count);
    const numbers = new Float64Array(count);
    for (let i = 0; i < count; i++) numbers[i] = Number(source[i]);
    return numbers;
  };

/** Small floating-point numbers by table, made with the first tensor that needs it. */
function tabled(bytes: 1 | 2, value: (bits: number) => number): Encoding['decode'] {
  let table: Float32Array | undefined;
  return (buffer, count) => {
    table ??= Float32Array.from({ length: bytes === 1 ? 256 : 65536 }, (_, bits) => value(bits));
    const source = bytes === 1 ? new Uint8Array(buffer, 0, count) : new Uint16Array(buffer, 0, count);
    const numbers = new Float32Array(count);
    for (let i = 0; i < count; i++) numbers[i] = table[source[i]!]!;
    return numbers;
  };
}

/** Decodes a sign, an exponent of `exponentBits` and a mantissa of `mantissaBits`, without infinity and NaN. */
function float(bits: number, exponentBits: number, mantissaBits: number, bias: number): number {
  const sign = bits >> (exponentBits + mantissaBits) ? -1 : 1;
  const exponent = (bits >> mantissaBits) & ((1 << exponentBits) - 1);
  const mantissa = (bits & ((1 << mantissaBits) - 1)) / 2 ** mantissaBits;
  return sign * (exponent === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (exponent - bias));
}

/** As IEEE 754 has it: the largest exponent is infinity and NaN. */
function ieee(bits: number, exponentBits: number, mantissaBits: number): number {
  const largest = (1 << exponentBits) - 1;
  if (((bits >> mantissaBits) & largest) === largest) {
    if ((bits & ((1 << mantissaBits) - 1)) !== 0) return NaN;
    return bits >> (exponentBits + mantissaBits) ? -Infinity : Infinity;
  }
  return float(bits, exponentBits, mantissaBits, largest >> 1);
}

/** The upper half of a float32, extended without decoding. */
function bfloat16(buffer: ArrayBuffer, count: number): Numbers {
  const upper = new Uint16Array(buffer, 0, count);
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) bits[i] = upper[i]! << 16;
  return new Float32Array(bits.buffer);
}

const real = (bytes: number, decode: Encoding['decode'], exact?: Encoding['exact']): Encoding => ({
  bytes,
  numbers: 1,
  decode,
  exact,
});

/**
 * By the names of the safetensors format. 8-bit floats: Micikevicius et al., FP8 Formats for Deep Learning (2022); the
 * kinds without a negative zero (FNUZ): Noune et al. (2022); E8M0: OCP Microscaling Formats 1.0.
 */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  F64: real(8, float64),
  F32: real(4, float32),
  F16: real(
    2,
    tabled(2, (bits) => ieee(bits, 5, 10)),
  ),
  BF16: real(2, bfloat16),
  F8_E5M2: real(
    1,
    tabled(1, (bits) => ieee(bits, 5, 2)),
  ),
  F8_E4M3: real(
    1,
    tabled(1, (bits) => ((bits & 0x7f) === 0x7f ? NaN : float(bits, 4, 3, 7))),
  ),
  F8_E4M3FNUZ: real(
    1,
    tabled(1, (bits) => (bits === 0x80 ? NaN : float(bits, 4, 3, 8))),
  ),
  F8_E5M2FNUZ: real(
    1,
    tabled(1, (bits) => (bits === 0x80 ? NaN : float(bits, 5, 2, 16))),
  ),
  F8_E8M0: real(
    1,
    tabled(1, (bits) => (bits === 0xff ? NaN : 2 ** (bits - 127))),
  ),
  I64: real(8, integers64(BigInt64Array), (buffer, count) => new BigInt64Array(buffer, 0, count)),
  U64: real(8, integers64(BigUint64Array), (buffer, count) => new BigUint64Array(buffer, 0, count)),
  I32: real(4, widened(Int32Array)),
  U32: real(4, widened(Uint32Array)),
  I16: real(2, widened(Int16Array)),
  U16: real(2, widened(Uint16Array)),
  I8: real(1, widened(Int8Array)),
  U8: real(1, widened(Uint8Array)),
  BOOL: real(1, widened(Uint8Array)),
  C64: { bytes: 4, numbers: 2, decode: float32 },
  C128: { bytes: 8, numbers: 2, decode: float64 },
};

/** Undefined for a type whose values are not read. */
export function encodingOf(type: string): Encoding | undefined {
  return Object.hasOwn(ENCODINGS, type) ? ENCODINGS[type] : undefined;
}

/** Turns numbers of `width` bytes in place, from big-endian to little-endian. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 2) buffer.swap16();
  if (width === 4) buffer.swap32();
  if (width === 8) buffer.swap64();
}
