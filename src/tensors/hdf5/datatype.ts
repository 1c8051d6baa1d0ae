import { FormatError } from '../../formats/error';
import { decodeText, type Cursor, type FileBytes } from './fileBytes';
import { MESSAGE, sharedMessage, type ObjectHeader } from './objectHeader';

/** Where the bits of a number are: `offset` is that of the lowest bit, counted from the least significant one. */
export interface IntegerType {
  readonly kind: 'integer';
  /** Bytes. */
  readonly size: number;
  readonly bigEndian: boolean;
  readonly signed: boolean;
  readonly offset: number;
  /** Bits. */
  readonly precision: number;
}

export interface FloatType {
  readonly kind: 'float';
  readonly size: number;
  readonly order: 'little' | 'big' | 'vax';
  readonly offset: number;
  readonly precision: number;
  readonly sign: number;
  readonly exponent: { readonly at: number; readonly bits: number };
  readonly mantissa: { readonly at: number; readonly bits: number };
  readonly bias: number;
  /** The mantissa's highest bit is not stored. */
  readonly implied: boolean;
}

export type Datatype =
  | IntegerType
  | FloatType
  | { readonly kind: 'bitfield'; readonly size: number; readonly of: IntegerType }
  | { readonly kind: 'enum'; readonly size: number; readonly of: Datatype; readonly names: readonly string[] }
  | { readonly kind: 'array'; readonly size: number; readonly of: Datatype; readonly shape: readonly number[] }
  | { readonly kind: 'complex'; readonly size: number; readonly of: Datatype }
  | { readonly kind: 'compound'; readonly size: number; readonly members: readonly Member[] }
  | { readonly kind: 'string'; readonly size: number }
  | { readonly kind: 'vlen'; readonly size: number; readonly of: Datatype; readonly string: boolean }
  | { readonly kind: 'time' | 'opaque' | 'reference'; readonly size: number };

export interface Member {
  readonly name: string;
  readonly offset: number;
  readonly type: Datatype;
}

/** Compounds of compounds. */
const DEEPEST = 16;
const MOST_MEMBERS = 10_000;

/** The type that an object's header gives. Throws {@link FormatError}. */
export async function datatypeOf(header: ObjectHeader): Promise<Datatype> {
  const message = await header.find(MESSAGE.datatype);
  if (message === undefined) throw new FormatError('it has no type');
  return parseDatatype(message);
}

/** The same for a datatype inside another message, which may be shared. */
export async function embeddedDatatype(file: FileBytes, bytes: Cursor, shared: boolean): Promise<Datatype> {
  return parseDatatype(shared ? await sharedMessage(file, bytes.bytes, MESSAGE.datatype) : bytes);
}

export function parseDatatype(cursor: Cursor, depth = 0): Datatype {
  if (depth > DEEPEST) throw new FormatError('its type is nested too deeply');
  const first = cursor.u8();
  const [version, group] = [first >> 4, first & 15];
  const bits = cursor.uint(3);
  const size = cursor.u32();
  const base = () => parseDatatype(cursor, depth + 1);
  switch (group) {
    case 0:
    case 4: {
      const [offset, precision] = [cursor.u16(), cursor.u16()];
      const signed = group === 0 && (bits & 8) !== 0;
      const of = { kind: 'integer' as const, size, bigEndian: (bits & 1) !== 0, signed, offset, precision };
      return group === 0 ? of : { kind: 'bitfield', size, of };
    }
    case 1:
      return floatType(cursor, bits, size);
    case 2:
      cursor.skip(2);
      return { kind: 'time', size };
    case 3:
      return { kind: 'string', size };
    case 5:
      cursor.skip(bits & 0xff);
      return { kind: 'opaque', size };
    case 6:
      return { kind: 'compound', size, members: members(cursor, { version, size, count: bits & 0xffff, depth }) };
    case 7:
      return { kind: 'reference', size };
    case 8: {
      const of = base();
      const names = Array.from({ length: bits & 0xffff }, () => name(cursor, version));
      cursor.skip(of.size * names.length);
      return { kind: 'enum', size, of, names };
    }
    case 9:
      return { kind: 'vlen', size, string: (bits & 15) === 1, of: base() };
    case 10: {
      const rank = cursor.u8();
      if (version < 3) cursor.skip(3);
      const shape = Array.from({ length: rank }, cursor.u32);
      if (version < 3) cursor.skip(4 * rank);
      return { kind: 'array', size, shape, of: base() };
    }
    case 11:
      return { kind: 'complex', size, of: base() };
    default:
      throw new FormatError(`its type is of the unknown class ${group}`);
  }
}

function floatType(cursor: Cursor, bits: number, size: number): FloatType {
  const [offset, precision] = [cursor.u16(), cursor.u16()];
  const exponent = { at: cursor.u8(), bits: cursor.u8() };
  const mantissa = { at: cursor.u8(), bits: cursor.u8() };
  const order = bits & 0x40 ? (bits & 1 ? 'vax' : 'little') : bits & 1 ? 'big' : 'little';
  const sign = (bits >> 8) & 0xff;
  const implied = ((bits >> 4) & 3) === 2;
  return { kind: 'float', size, order, offset, precision, sign, exponent, mantissa, bias: cursor.u32(), implied };
}

function members(
  cursor: Cursor,
  { version, size, count, depth }: { version: number; size: number; count: number; depth: number },
): Member[] {
  if (count > MOST_MEMBERS) throw new FormatError('its type has too many members');
  return Array.from({ length: count }, (): Member => {
    const its = name(cursor, version);
    const offset = version < 3 ? cursor.u32() : cursor.uint(Math.floor(Math.log2(Math.max(1, size)) / 8) + 1);
    let shape: number[] = [];
    if (version === 1) {
      const rank = cursor.u8();
      cursor.skip(11);
      shape = Array.from({ length: 4 }, cursor.u32).slice(0, rank);
    }
    const type = parseDatatype(cursor, depth + 1);
    if (shape.length === 0) return { name: its, offset, type };
    const elements = shape.reduce((product, extent) => product * extent, 1);
    return { name: its, offset, type: { kind: 'array', size: type.size * elements, of: type, shape } };
  });
}

/** Names are padded to eight bytes in the older versions. */
function name(cursor: Cursor, version: number): string {
  const start = cursor.position;
  const text = decodeText(cursor.text());
  if (version < 3) cursor.skip(Math.min(cursor.left, (8 - ((cursor.position - start) % 8)) % 8));
  return text;
}
