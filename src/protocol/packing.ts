/**
 * How messages travel from the host to its pages: plain data, and one buffer with the elements of all typed arrays in
 * it. VS Code hands every buffer of a message on as an argument of its own remote call and writes the number of arguments
 * in one byte (`writeMixedArray` in its `rpcProtocol.ts`), so of some 250 buffers on the rest arrive empty; and each
 * costs more to copy than its few bytes do. Packed, a message has one buffer whatever it says.
 *
 * What pages say to the host is not packed: in that direction VS Code hands all buffers on as one argument and writes their
 * number in four bytes.
 */

/** A posted message. `data` is the message, with `{ $array: [type, offset, length] }` in place of each typed array. */
export interface Packed {
  readonly packed: typeof FORMAT;
  readonly data: unknown;
  /** Size of `buffer`, to detect one that was truncated in transit. */
  readonly size: number;
  readonly buffer: ArrayBuffer;
}

const FORMAT = 1;
const REFERENCE = '$array';
/** Each array begins at a multiple of its element size. */
const ALIGNMENT = 8;
/** Our messages are about six levels deep. */
const MOST_DEPTH = 64;

const TYPES = {
  i8: Int8Array,
  u8: Uint8Array,
  u8c: Uint8ClampedArray,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type TypeName = keyof typeof TYPES;
type TypedArray = InstanceType<(typeof TYPES)[TypeName]>;

const NAMES = new Map<string, TypeName>(
  (Object.keys(TYPES) as TypeName[]).map((name) => [TYPES[name].name, name] as const),
);

/** A received message is not packed, or incomplete. The error message is for users. */
export class PackingError extends Error {
  override name = 'PackingError';
}

/**
 * Packs plain data (as in JSON) and typed arrays, whose elements are copied. Throws a TypeError for any other object,
 * which would not arrive as it is.
 */
export function pack(message: unknown): Packed {
  const packer = new Packer();
  const data = packer.replace(message, 0);
  const buffer = packer.buffer();
  return { packed: FORMAT, data, size: buffer.byteLength, buffer };
}

/**
 * Restores a packed message; its typed arrays are views of the one buffer. Throws {@link PackingError} if it is invalid
 * or an array exceeds the buffer.
 */
export function unpack(received: unknown): unknown {
  if (!isPacked(received)) throw new PackingError('a message is not in the expected form');
  const { data, size, buffer } = received;
  if (buffer.byteLength !== size) {
    throw new PackingError(`a message arrived with ${buffer.byteLength} of its ${size} bytes`);
  }
  return restore(data, buffer, 0);
}

/** Whether a value looks like a packed message, as opposed to one from another sender. */
export function claimsToBePacked(received: unknown): boolean {
  return typeof received === 'object' && received !== null && 'packed' in received;
}

class Packer {
  private readonly arrays: { readonly array: TypedArray; readonly offset: number }[] = [];
  private size = 0;

  replace(value: unknown, depth: number): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MOST_DEPTH) throw new TypeError('A message is nested too deeply to be sent.');
    if (Array.isArray(value)) return value.map((each) => this.replace(each, depth + 1));
    if (ArrayBuffer.isView(value)) return this.reference(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    // Objects of another realm have its Object.prototype, whose own prototype is null.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      throw new TypeError(`A ${value.constructor.name} cannot be sent in a message.`);
    }
    const replaced: [string, unknown][] = [];
    for (const [key, part] of Object.entries(value)) replaced.push([escaped(key), this.replace(part, depth + 1)]);
    return Object.fromEntries(replaced);
  }

  buffer(): ArrayBuffer {
    const bytes = new Uint8Array(this.size);
    for (const { array, offset } of this.arrays) {
      bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    }
    return bytes.buffer;
  }

  private reference(view: ArrayBufferView): unknown {
    const type = NAMES.get(Reflect.get(view, Symbol.toStringTag) as string);
    if (type === undefined) throw new TypeError('An array of this type cannot be sent in a message.');
    const array = view as TypedArray;
    const offset = Math.ceil(this.size / ALIGNMENT) * ALIGNMENT;
    this.arrays.push({ array, offset });
    this.size = offset + array.byteLength;
    return { [REFERENCE]: [type, offset, array.length] };
  }
}

function restore(value: unknown, buffer: ArrayBuffer, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MOST_DEPTH) throw new PackingError('a message is nested too deeply');
  if (Array.isArray(value)) return value.map((each) => restore(each, buffer, depth + 1));
  if (Object.hasOwn(value, REFERENCE)) return referred((value as Record<string, unknown>)[REFERENCE], buffer);
  const restored: [string, unknown][] = [];
  for (const [key, part] of Object.entries(value)) restored.push([unescaped(key), restore(part, buffer, depth + 1)]);
  return Object.fromEntries(restored);
}

function referred(reference: unknown, buffer: ArrayBuffer): TypedArray {
  const [type, offset, length] = Array.isArray(reference) ? (reference as unknown[]) : [];
  if (typeof type !== 'string' || !Object.hasOwn(TYPES, type)) throw new PackingError('an array has no known type');
  const Type = TYPES[type as TypeName];
  const fits =
    isIndex(offset) &&
    isIndex(length) &&
    offset % Type.BYTES_PER_ELEMENT === 0 &&
    offset + length * Type.BYTES_PER_ELEMENT <= buffer.byteLength;
  if (!fits) throw new PackingError('an array lies outside its message');
  return new Type(buffer, offset, length);
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isPacked(received: unknown): received is Packed {
  if (typeof received !== 'object' || received === null) return false;
  const { packed, size, buffer } = received as Partial<Packed>;
  return packed === FORMAT && isIndex(size) && buffer instanceof ArrayBuffer && 'data' in received;
}

/** Escapes a key that looks like a reference by one more `$`. */
function escaped(key: string): string {
  return key.startsWith('$') && /^\$+array$/.test(key) ? `$${key}` : key;
}

function unescaped(key: string): string {
  return key.startsWith('$$') && /^\$+array$/.test(key) ? key.slice(1) : key;
}
