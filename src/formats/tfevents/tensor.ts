import { FormatError } from '../error';
import { BYTES, FIXED32, FIXED64, VARINT } from '../../common/wireWriter';
import type { WireReader } from './wireReader';

/** An undecoded `TensorProto`: its elements are decoded on request. */
export interface WireTensor {
  /** `tensorflow.DataType` */
  readonly type: number;
  /** [] for a scalar and where the log does not say. */
  readonly shape: readonly number[];
  /** All elements in memory order, little-endian; empty if they are in `numbers`. */
  readonly content: Uint8Array;
  /** Elements from the field of their type, halves still as their bits. */
  readonly numbers: readonly number[];
  /** Elements of a tensor of strings, as views into the message. */
  readonly strings: readonly Uint8Array[];
}

/** Above any scalar, histogram or list of images; bounds what a hostile log may declare. */
const MAXIMUM_ELEMENTS = 1 << 20;
const MAXIMUM_AXES = 16;
/** `tensorflow.DT_FLOAT` */
const FLOAT = 1;
const MAXIMUM_STRINGS = 1 << 14;
/**
 * Maximum number of elements of a tensor that lists fewer than its shape says. Forty bytes can declare a million of
 * them, so a log of a few megabytes would take minutes to read.
 */
const MAXIMUM_REPEATED = 1 << 12;

/** By `tensorflow.DataType`: layout of the elements in `content`. */
const LAYOUTS: Readonly<Record<number, { bytes: number; read(view: DataView, at: number): number }>> = {
  1: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  2: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  3: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  4: { bytes: 1, read: (view, at) => view.getUint8(at) },
  5: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  6: { bytes: 1, read: (view, at) => view.getInt8(at) },
  9: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  10: { bytes: 1, read: (view, at) => view.getUint8(at) },
  14: { bytes: 2, read: (view, at) => fromBfloat16(view.getUint16(at, true)) },
  17: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  19: { bytes: 2, read: (view, at) => fromHalf(view.getUint16(at, true)) },
  22: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  23: { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
};
/** By `tensorflow.DataType`, where an element in the typed field is not yet the number it means. */
const FIELD_CONVERSIONS: Readonly<Record<number, (raw: number) => number>> = {
  14: fromBfloat16,
  19: fromHalf,
  23: (raw) => (raw < 0 ? raw + 2 ** 64 : raw),
};
/** Fields float_val, double_val, int_val, int64_val, bool_val, half_val, uint32_val, uint64_val and their wire types. */
const NUMBER_FIELDS: Readonly<Record<number, number>> = {
  5: FIXED32,
  6: FIXED64,
  7: VARINT,
  10: VARINT,
  11: VARINT,
  13: VARINT,
  16: VARINT,
  17: VARINT,
};

/** Reads the tensor at the reader's position. Throws {@link FormatError} if it is damaged or too large. */
export function readTensor(reader: WireReader): WireTensor {
  let type = 0;
  let shape: number[] = [];
  let content: Uint8Array = new Uint8Array(0);
  const numbers: number[] = [];
  const strings: Uint8Array[] = [];
  const outer = reader.enter();
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    const wire = NUMBER_FIELDS[tag >>> 3];
    if (tag === 8 + VARINT) type = reader.varint();
    else if (tag === 16 + BYTES) shape = readShape(reader);
    else if (tag === 32 + BYTES) content = reader.range();
    else if (tag === 64 + BYTES) strings.push(reader.range());
    else if (wire !== undefined) readNumbers(reader, tag, wire, numbers);
    else reader.skip(tag);
    if (strings.length > MAXIMUM_STRINGS) throw tooLarge(MAXIMUM_STRINGS);
  }
  reader.leave(outer);
  return { type, shape, content, numbers, strings };
}

/**
 * All elements as numbers, in memory order; `undefined` for types that are not numbers. A tensor that lists fewer than its
 * shape says ends with copies of the last one (TensorFlow's short form for constants). Throws {@link FormatError}.
 */
export function tensorNumbers(tensor: WireTensor): Float64Array | undefined {
  return elements(tensor, (count) => new Float64Array(count));
}

/** {@link tensorNumbers}, rounded to 32 bits; the elements of a float32 tensor are copied as they are. */
export function tensorFloats(tensor: WireTensor): Float32Array | undefined {
  const { type, shape, content } = tensor;
  if (type === FLOAT && content.length > 0 && content.length === 4 * elementCount(shape)) {
    return new Float32Array(new Uint8Array(content).buffer);
  }
  return elements(tensor, (count) => new Float32Array(count));
}

/** Throws a RangeError for `count` elements that are not of this shape, or more than {@link tensorNumbers} reads. */
export function checkTensorSize(shape: readonly number[], count: number): void {
  const sizes = shape.every((size) => Number.isSafeInteger(size) && size >= 0) && shape.length <= MAXIMUM_AXES;
  if (!sizes || shape.reduce((product, size) => product * size, 1) !== count || count > MAXIMUM_ELEMENTS) {
    throw new RangeError(`${count} values are not a tensor of shape [${shape.join(', ')}] that can be logged.`);
  }
}

function elementCount(shape: readonly number[]): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (Number.isNaN(count)) throw new FormatError('a tensor has an impossible shape');
  if (!(count >= 0 && count <= MAXIMUM_ELEMENTS)) throw tooLarge();
  return count;
}

function elements<A extends Float32Array | Float64Array>(
  { type, shape, content, numbers }: WireTensor,
  allocate: (count: number) => A,
): A | undefined {
  const layout = LAYOUTS[type];
  if (layout === undefined) return undefined;
  const count = elementCount(shape);
  if (content.length === 0 && numbers.length < count && count > MAXIMUM_REPEATED) {
    throw new FormatError(`a tensor lists ${numbers.length} of its ${count} elements`);
  }
  const out = allocate(count);
  if (content.length > 0) {
    if (content.length !== count * layout.bytes) throw new FormatError('a tensor’s content does not fit its shape');
    const view = new DataView(content.buffer, content.byteOffset, content.length);
    for (let i = 0; i < count; i++) out[i] = layout.read(view, i * layout.bytes);
    return out;
  }
  if (numbers.length > count) throw new FormatError('a tensor has more elements than its shape says');
  const convert = FIELD_CONVERSIONS[type] ?? ((raw: number) => raw);
  // A tensor without any element listed is all zeros, as the defaults of protocol buffers have it.
  for (let i = 0; i < numbers.length; i++) out[i] = convert(numbers[i]!);
  if (numbers.length > 0) out.fill(out[numbers.length - 1]!, numbers.length);
  return out;
}

function readNumbers(reader: WireReader, tag: number, wire: number, into: number[]): void {
  const one = () => (wire === FIXED32 ? reader.float() : wire === FIXED64 ? reader.double() : reader.varint());
  const push = () => {
    if (into.push(one()) > MAXIMUM_ELEMENTS) throw tooLarge();
  };
  if ((tag & 7) === wire) {
    push();
  } else if ((tag & 7) === BYTES) {
    const outer = reader.enter();
    while (!reader.done) push();
    reader.leave(outer);
  } else {
    reader.skip(tag);
  }
}

/** An impossible shape is [NaN]: it is told where the elements are read, since the rest of the record is none the worse. */
function readShape(reader: WireReader): number[] {
  const shape: number[] = [];
  const outer = reader.enter();
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    if (tag !== 16 + BYTES) {
      reader.skip(tag);
      continue;
    }
    let size = 0;
    const outerOfSize = reader.enter();
    for (let inner = reader.next(); inner !== 0; inner = reader.next()) {
      if (inner === 8 + VARINT) size = reader.varint();
      else reader.skip(inner);
    }
    reader.leave(outerOfSize);
    if (size < 0) size = NaN;
    if (shape.length <= MAXIMUM_AXES) shape.push(size);
  }
  reader.leave(outer);
  return shape.length > MAXIMUM_AXES || shape.some(Number.isNaN) ? [NaN] : shape;
}

function tooLarge(limit = MAXIMUM_ELEMENTS): FormatError {
  return new FormatError(`a tensor has more than ${limit} elements`);
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const scratch = new DataView(new ArrayBuffer(4));

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(bits: number): number {
  scratch.setUint16(0, bits);
  return scratch.getFloat32(0);
}
