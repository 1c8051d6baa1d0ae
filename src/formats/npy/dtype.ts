import { FormatError } from '../error';
import { quote } from '../strictJson';
import { Tuple, type Literal } from './literal';

export interface NpyType {
  /**
   * NumPy's code of the element type without its byte order: "f4", "i8", "b1", "U7", "M8[ns]"; "record" for fields or an
   * array within each element; "object" for whatever holds Python objects, which are pickled.
   */
  readonly kind: string;
  readonly bigEndian: boolean;
  /** Size of one element; for a record, all fields and the padding between them. */
  readonly itemBytes: number;
}

/** Names that `numpy.dtype` takes, of types whose size is the same everywhere but for C's long (64 bits, as on Linux). */
const NAMES: Readonly<Record<string, string>> = {
  ...{ float16: 'f2', half: 'f2', float32: 'f4', single: 'f4', float64: 'f8', double: 'f8', float: 'f8' },
  ...{ complex64: 'c8', csingle: 'c8', complex128: 'c16', complex: 'c16', cdouble: 'c16' },
  ...{ longdouble: 'f16', float128: 'f16', clongdouble: 'c32', complex256: 'c32' },
  ...{ int8: 'i1', byte: 'i1', int16: 'i2', short: 'i2', int32: 'i4', intc: 'i4', int64: 'i8', longlong: 'i8' },
  ...{ uint8: 'u1', ubyte: 'u1', uint16: 'u2', ushort: 'u2', uint32: 'u4', uintc: 'u4', uint64: 'u8' },
  ...{ ulonglong: 'u8', int: 'i8', uint: 'u8', intp: 'i8', uintp: 'u8', long: 'i8', ulong: 'u8' },
  ...{
    bool: 'b1',
    bool_: 'b1',
    object: 'O',
    object_: 'O',
    str: 'U0',
    str_: 'U0',
    bytes: 'S0',
    bytes_: 'S0',
    void: 'V0',
  },
  ...{ datetime64: 'M8', timedelta64: 'm8' },
};

/** Codes of one letter. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{
    '?': 'b1',
    b: 'i1',
    B: 'u1',
    h: 'i2',
    H: 'u2',
    i: 'i4',
    I: 'u4',
    l: 'i8',
    L: 'u8',
    q: 'i8',
    Q: 'u8',
    p: 'i8',
    P: 'u8',
  },
  ...{ e: 'f2', f: 'f4', d: 'f8', g: 'f16', F: 'c8', D: 'c16', G: 'c32', O: 'O', S: 'S0', U: 'U0', V: 'V0', a: 'S0' },
  ...{ M: 'M8', m: 'm8', c: 'S1' },
};

/** The sizes that NumPy has of each, in bytes. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  ...{ f: [2, 4, 8, 12, 16], c: [8, 16, 24, 32], i: [1, 2, 4, 8], u: [1, 2, 4, 8], b: [1], M: [8], m: [8], O: [4, 8] },
};

const MOST_FIELDS = 100_000;

/** The type that `descr` of a header says. Throws {@link FormatError}. */
export function parseDescr(descr: Literal | undefined): NpyType {
  if (typeof descr === 'string') return parseCode(descr);
  if (descr instanceof Tuple) return subArray(descr);
  if (Array.isArray(descr)) return record(descr);
  throw unknownType(descr);
}

function parseCode(descr: string): NpyType {
  const [, order, code] = /^([<>|=]?)(.*)$/s.exec(descr)!;
  const named = Object.hasOwn(NAMES, code!) ? NAMES[code!]! : Object.hasOwn(LETTERS, code!) ? LETTERS[code!]! : code!;
  const parts = /^([fciubMmOSUVa])(\d{0,9})(\[[\w/]{1,32}\])?$/.exec(named);
  if (parts === null) throw unknownType(descr);
  const letter = parts[1] === 'a' ? 'S' : parts[1]!;
  const [, , size = '', unit = ''] = parts;
  if (letter === 'O') return { kind: 'object', bigEndian: false, itemBytes: Number(size || 8) };
  const known = Object.hasOwn(SIZES, letter) ? SIZES[letter]! : undefined;
  if (known !== undefined && !known.includes(Number(size))) throw unknownType(descr);
  if (unit !== '' && letter !== 'M' && letter !== 'm') throw unknownType(descr);
  const itemBytes = Number(size) * (letter === 'U' ? 4 : 1);
  return { kind: `${letter}${Number(size)}${unit}`, bigEndian: order === '>', itemBytes };
}

/** `(type, shape)`: a small array in each element. */
function subArray(descr: Tuple): NpyType {
  const [type, shape] = descr;
  if (descr.length !== 2 || shape === undefined) throw unknownType(descr);
  return repeated(parseDescr(type), shape);
}

function repeated({ kind, itemBytes }: NpyType, shape: Literal): NpyType {
  const sizes = Array.isArray(shape) ? shape : [shape];
  if (!sizes.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)) {
    throw new FormatError('The header of this NumPy array has a field whose shape is not a list of sizes.');
  }
  const bytes = sizes.reduce<number>((product, size) => product * Number(size), itemBytes);
  return checked({ kind: kind === 'object' ? kind : 'record', bigEndian: false, itemBytes: bytes });
}

/** `[(name, type), (name, type, shape), ((title, name), type)]`. */
function record(fields: readonly Literal[]): NpyType {
  if (fields.length > MOST_FIELDS) throw new FormatError(`This NumPy array has ${fields.length} fields.`);
  let [kind, itemBytes] = ['record', 0];
  for (const field of fields) {
    if (!(field instanceof Tuple) || field.length < 2 || field.length > 3 || !isFieldName(field[0])) {
      throw unknownType(fields[0]);
    }
    const type = parseDescr(field[1]);
    const whole = field[2] === undefined ? type : repeated(type, field[2]);
    if (whole.kind === 'object') kind = 'object';
    itemBytes += whole.itemBytes;
  }
  return checked({ kind, bigEndian: false, itemBytes });
}

function isFieldName(name: Literal | undefined): boolean {
  if (typeof name === 'string') return true;
  return name instanceof Tuple && name.length === 2 && typeof name[1] === 'string';
}

function checked(type: NpyType): NpyType {
  if (Number.isSafeInteger(type.itemBytes)) return type;
  throw new FormatError('The header of this NumPy array has elements of an impossible size.');
}

function unknownType(descr: Literal | undefined): FormatError {
  const shown = typeof descr === 'string' ? descr : (JSON.stringify(descr) ?? 'none');
  return new FormatError(`The header of this NumPy array has the unknown type ${quote(shown)}.`);
}
