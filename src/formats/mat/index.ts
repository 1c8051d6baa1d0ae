import { FormatError } from '../error';
import { quote } from '../strictJson';
import { MatBytes, TYPE, type Element } from './elements';

/** A variable in a MAT file. */
export interface MatVariable {
  readonly name: string;
  readonly shape: readonly number[];
  /** Why its values cannot be read; such a variable has none. */
  readonly problem?: string;
  /** NumPy's code of the stored numbers ("u1", "f8"), which may be narrower than those of the variable's class. */
  readonly kind: string;
  readonly bigEndian: boolean;
  /** The numbers, first index fastest: a view into the file or into what was unpacked. */
  readonly data: Uint8Array;
}

const HEADER_BYTES = 128;
/** A file of more is no data set, and each is parsed. */
const MOST_VARIABLES = 1000;
const MOST_AXES = 32;
const LONGEST_NAME = 63;
/** Classes of arrays of numbers, and what others are called. */
const [FIRST_NUMERIC, LAST_NUMERIC] = [6, 15];
const OTHERS: Readonly<Record<number, string>> = {
  ...{ 1: 'a cell array', 2: 'a structure', 3: 'an object', 4: 'text', 5: 'a sparse array', 16: 'a function' },
  17: 'an opaque object',
};
const COMPLEX = 0x0800;
const KINDS: Readonly<Record<number, string>> = {
  ...{ 1: 'i1', 2: 'u1', 3: 'i2', 4: 'u2', 5: 'i4', 6: 'u4', 7: 'f4', 9: 'f8', 12: 'i8', 13: 'u8' },
};

/**
 * Decodes the variables of a MATLAB level-5 MAT file, as MATLAB 5 to 7.2 and scipy.io.savemat write it ("MAT-File Format", The
 * MathWorks): of either byte order, compressed or not. Arrays of real numbers have their values; others are named. Throws
 * {@link FormatError} for a damaged file, and for versions 4 and 7.3, which are other formats.
 */
export function decodeMat(bytes: Uint8Array): MatVariable[] {
  const file = new MatBytes(bytes, isBigEndian(bytes));
  const variables: MatVariable[] = [];
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const element = file.elementAt(at, bytes.length);
    const variable = variableOf(file, element);
    if (variable !== undefined && variables.push(variable) > MOST_VARIABLES) {
      throw new FormatError(`This MAT file has more than ${MOST_VARIABLES} variables.`);
    }
    at = element.next;
  }
  return variables;
}

function isBigEndian(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.subarray(0, 116)).toString('latin1');
  if (text.startsWith('MATLAB 7.3') || text.startsWith('\x89HDF\r\n\x1a\n')) {
    throw new FormatError('This MAT file has version 7.3, which is HDF5. Save it with “save -v7” or scipy.io.savemat.');
  }
  const mark = Buffer.from(bytes.subarray(126, 128)).toString('latin1');
  if (bytes.length < HEADER_BYTES || (mark !== 'IM' && mark !== 'MI')) {
    throw new FormatError('This is no MAT file of level 5 (MATLAB 5 to 7.2): its header does not say so.');
  }
  return mark === 'MI';
}

/** The variable in an element of the file; undefined for one of another purpose. */
function variableOf(file: MatBytes, element: Element): MatVariable | undefined {
  if (element.type !== TYPE.compressed) return element.type === TYPE.matrix ? matrixOf(file, element) : undefined;
  const unpacked = file.unpacked(element);
  const inner = unpacked.elementAt(0, unpacked.bytes.length);
  return inner.type === TYPE.matrix ? matrixOf(unpacked, inner) : undefined;
}

function matrixOf(file: MatBytes, { start, end }: Element): MatVariable | undefined {
  if (start === end) return undefined;
  const flags = file.elementAt(start, end);
  if (flags.type !== TYPE.uint32 || flags.end - flags.start !== 8) throw damaged('a variable has no flags');
  const word = file.uint32(flags.start);
  const sizes = file.elementAt(flags.next, end);
  const shape = shapeOf(file, sizes);
  const named = file.elementAt(sizes.next, end);
  if (named.end - named.start > LONGEST_NAME) throw damaged('a name is too long');
  const name = Buffer.from(file.bytes.subarray(named.start, named.end)).toString('latin1');
  const problem = problemOf(word);
  const none = { kind: '', bigEndian: file.bigEndian, data: new Uint8Array(0) };
  if (problem !== undefined) return { name, shape, problem, ...none };
  const real = file.elementAt(named.next, end);
  const kind = KINDS[real.type];
  if (kind === undefined) throw damaged(`the variable ${quote(name)} has values of the unknown type ${real.type}`);
  const count = shape.reduce((product, size) => product * size, 1);
  const stored = (real.end - real.start) / Number(kind.slice(1));
  if (stored !== count) throw damaged(`the variable ${quote(name)} has ${stored} values for ${shape.join('×')}`);
  return { name, shape, kind, bigEndian: file.bigEndian, data: file.bytes.subarray(real.start, real.end) };
}

function problemOf(flags: number): string | undefined {
  const number = flags & 0xff;
  if (number < FIRST_NUMERIC || number > LAST_NUMERIC)
    return `it is ${OTHERS[number] ?? `of the unknown class ${number}`}`;
  return (flags & COMPLEX) === 0 ? undefined : 'it has complex numbers';
}

function shapeOf(file: MatBytes, { type, start, end }: Element): number[] {
  const axes = (end - start) / 4;
  if (type !== TYPE.int32 || !Number.isInteger(axes) || axes < 1 || axes > MOST_AXES) {
    throw damaged('a variable has no list of sizes');
  }
  const shape = Array.from({ length: axes }, (_, axis) => file.uint32(start + 4 * axis));
  if (shape.some((size) => size > 0x7fffffff)) throw damaged('a variable has a negative size');
  return shape;
}

function damaged(why: string): FormatError {
  return new FormatError(`This MAT file is damaged: ${why}.`);
}
