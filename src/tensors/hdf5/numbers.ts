import type { Datatype, FloatType, IntegerType } from './datatype';

/** How elements of a type become numbers. */
export interface Numeric {
  /** Name in the table. */
  readonly type: string;
  /** One of the encodings: the layout of the bytes in the file, or after `convert`. */
  readonly stored: string;
  readonly bigEndian: boolean;
  /** Converts `elements` elements of the file to `stored`. Absent if no conversion is needed. */
  readonly convert?: (from: Uint8Array, elements: number) => Uint8Array;
}

/** No program writes a mantissa of more bits, and their weights stay doubles. */
const MOST_FLOAT_BITS = 256;
/** Types of at most these bits are converted by a table. */
const TABLE_BITS = 16;

/** Undefined if values of the type are not numbers, or not supported. */
export function numericOf(type: Datatype): Numeric | undefined {
  switch (type.kind) {
    case 'integer':
      return integer(type, describe(type));
    case 'bitfield':
      return integer(type.of, describe(type));
    case 'float':
      return float(type);
    case 'enum': {
      const isBool = type.of.kind === 'integer' && type.size === 1 && type.names.join() === 'FALSE,TRUE';
      if (isBool) return { type: 'BOOL', stored: 'BOOL', bigEndian: false };
      const of = numericOf(type.of);
      return of && { ...of, type: describe(type) };
    }
    case 'complex':
      return complex(type.of, type.size);
    case 'compound': {
      const [real, imaginary] = type.members;
      if (type.members.length !== 2 || real?.name !== 'r' || imaginary?.name !== 'i') return undefined;
      const same = JSON.stringify(real.type) === JSON.stringify(imaginary.type);
      const dense = real.offset === 0 && imaginary.offset === real.type.size && type.size === 2 * real.type.size;
      return same && dense ? complex(real.type, type.size) : undefined;
    }
    default:
      return undefined;
  }
}

/** The type in a few words, as the table shows it. */
export function describe(type: Datatype): string {
  switch (type.kind) {
    case 'integer':
      return `${type.signed ? 'I' : 'U'}${type.precision}${type.precision === type.size * 8 ? '' : ` in ${type.size * 8} bits`}`;
    case 'bitfield':
      return `bits${type.of.precision}`;
    case 'float': {
      const plain = PLAIN.find((each) => isLike(type, each));
      if (plain !== undefined) return plain[0];
      const { exponent, mantissa, bias, size } = type;
      return `float${size * 8} (${exponent.bits}-bit exponent, bias ${bias}, ${mantissa.bits}-bit mantissa)`;
    }
    case 'enum':
      return `enum of ${describe(type.of)}`;
    case 'array':
      return `${describe(type.of)}[${type.shape.join(' × ')}]`;
    case 'complex':
      return `complex of ${describe(type.of)}`;
    case 'compound': {
      const members = type.members.slice(0, 8).map((each) => `${each.name}: ${describe(each.type)}`);
      return `compound {${members.join(', ')}${type.members.length > members.length ? ', …' : ''}}`.slice(0, 300);
    }
    case 'vlen':
      return type.string ? 'string' : `variable-length ${describe(type.of)}`;
    case 'opaque':
      return `opaque (${type.size} bytes)`;
    default:
      return type.kind;
  }
}

const PLAIN: readonly (readonly [name: string, size: number, exponentBits: number, bias: number])[] = [
  ['F64', 8, 11, 1023],
  ['F32', 4, 8, 127],
  ['F16', 2, 5, 15],
  ['BF16', 2, 8, 127],
];

function isLike(type: FloatType, [, size, exponentBits, bias]: (typeof PLAIN)[number]): boolean {
  const bits = size * 8;
  const mantissaBits = bits - 1 - exponentBits;
  const { offset, precision, sign, exponent, mantissa } = type;
  return (
    type.size === size &&
    offset === 0 &&
    precision === bits &&
    sign === bits - 1 &&
    exponent.at === mantissaBits &&
    exponent.bits === exponentBits &&
    mantissa.at === 0 &&
    mantissa.bits === mantissaBits &&
    type.bias === bias &&
    type.implied &&
    type.order !== 'vax'
  );
}

function float(type: FloatType): Numeric | undefined {
  const name = describe(type);
  const bigEndian = type.order === 'big';
  if (PLAIN.some(([plain]) => plain === name)) return { type: name, stored: name, bigEndian };
  const { size, exponent, mantissa, sign } = type;
  const bits = size * 8;
  const highest = Math.max(sign + 1, exponent.at + exponent.bits, mantissa.at + mantissa.bits);
  if (type.order === 'vax' || bits > MOST_FLOAT_BITS || highest > bits) return undefined;
  if (exponent.bits === 0 || exponent.bits > 32 || mantissa.bits === 0) return undefined;
  return {
    type: name,
    stored: 'F64',
    bigEndian: false,
    convert: toDoubles(size, bigEndian, (raw) => valueOf(type, raw)),
  };
}

/** As the reference library converts: the largest exponent is infinity or NaN, the smallest has no implied bit. */
function valueOf({ sign, exponent, mantissa, bias, implied }: FloatType, raw: bigint): number {
  const field = (at: number, bits: number) => BigInt.asUintN(bits, raw >> BigInt(at));
  const power = Number(field(exponent.at, exponent.bits));
  const digits = field(mantissa.at, mantissa.bits);
  const minus = field(sign, 1) === 1n ? -1 : 1;
  if (power === 2 ** exponent.bits - 1) {
    // An explicit highest bit says nothing of whether it is a NaN.
    return BigInt.asUintN(implied ? mantissa.bits : mantissa.bits - 1, digits) === 0n ? minus * Infinity : NaN;
  }
  const whole = implied && power > 0 ? digits | (1n << BigInt(mantissa.bits)) : digits;
  // Subnormals use the next exponent only if the leading bit is implied.
  const places = implied ? Math.max(1, power) - mantissa.bits : power - (mantissa.bits - 1);
  return minus * scaled(whole, places - bias);
}

/** digits · 2^power, rounded once, to the nearest double. */
function scaled(digits: bigint, power: number): number {
  const length = digits === 0n ? 0 : digits.toString(2).length;
  if (length === 0 || length + power < -1080) return 0;
  if (length + power > 1024) return Infinity;
  // The lowest bit that a double of this size has.
  const lowest = Math.max(length + power - 53, -1074);
  const surplus = lowest - power;
  if (surplus <= 0) return times(Number(digits), power);
  const drop = BigInt(surplus);
  let kept = digits >> drop;
  const rest = digits - (kept << drop);
  const half = 1n << (drop - 1n);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  return times(Number(kept), lowest);
}

/** Two steps, since one power of two could exceed a double. */
function times(value: number, power: number): number {
  const step = Math.trunc(power / 2);
  return value * 2 ** step * 2 ** (power - step);
}

function integer(type: IntegerType, name: string): Numeric | undefined {
  const { size, precision, offset, signed, bigEndian } = type;
  const bits = size * 8;
  if (precision === 0 || precision > 64 || offset + precision > bits || size > 32) return undefined;
  if (offset === 0 && precision === bits && [1, 2, 4, 8].includes(size)) {
    return { type: name, stored: `${signed ? 'I' : 'U'}${bits}`, bigEndian };
  }
  const convert = (from: Uint8Array, elements: number) => {
    const numbers = new BigUint64Array(elements);
    const mask = (1n << BigInt(precision)) - 1n;
    for (let i = 0; i < elements; i++) {
      const value = (rawAt(from, i * size, size, bigEndian) >> BigInt(offset)) & mask;
      numbers[i] = signed ? BigInt.asUintN(64, BigInt.asIntN(precision, value)) : value;
    }
    return new Uint8Array(numbers.buffer);
  };
  return { type: name, stored: signed ? 'I64' : 'U64', bigEndian: false, convert };
}

function complex(of: Datatype, size: number): Numeric | undefined {
  const part = of.kind === 'float' && size === 2 * of.size ? float(of) : undefined;
  if (of.kind !== 'float' || part === undefined) return undefined;
  if (part.stored === 'F32' && of.size === 4) return { ...part, type: 'C64', stored: 'C64' };
  if (part.stored === 'F64' && part.convert === undefined) return { ...part, type: 'C128', stored: 'C128' };
  const whole = part.convert ?? toDoubles(of.size, part.bigEndian, (raw) => valueOf(of, raw));
  // The editor tells complex numbers by the first letter.
  const type = `C${size * 8} (two ${describe(of)})`;
  return { type, stored: 'C128', bigEndian: false, convert: (from, elements) => whole(from, 2 * elements) };
}

function toDoubles(size: number, bigEndian: boolean, value: (raw: bigint) => number) {
  let table: Float64Array | undefined;
  return (from: Uint8Array, elements: number): Uint8Array => {
    const numbers = new Float64Array(elements);
    if (size * 8 <= TABLE_BITS) {
      table ??= Float64Array.from({ length: 2 ** (size * 8) }, (_, bits) => value(BigInt(bits)));
      for (let i = 0; i < elements; i++) {
        const [low = 0, high = 0] = size === 1 ? [from[i]] : pair(from, 2 * i, bigEndian);
        numbers[i] = table[low + 256 * high]!;
      }
    } else for (let i = 0; i < elements; i++) numbers[i] = value(rawAt(from, i * size, size, bigEndian));
    return new Uint8Array(numbers.buffer);
  };
}

const pair = (from: Uint8Array, at: number, bigEndian: boolean) =>
  bigEndian ? [from[at + 1], from[at]] : [from[at], from[at + 1]];

/** The bits of an element, as one number. */
function rawAt(from: Uint8Array, at: number, size: number, bigEndian: boolean): bigint {
  let raw = 0n;
  // Four bytes at a time, from the most significant ones on.
  for (let done = 0; done < size;) {
    const length = (size - done) % 4 || 4;
    let word = 0;
    for (let i = 0; i < length; i++) {
      const place = bigEndian ? done + i : size - 1 - done - i;
      word = word * 256 + from[at + place]!;
    }
    raw = (raw << BigInt(8 * length)) | BigInt(word);
    done += length;
  }
  return raw;
}
