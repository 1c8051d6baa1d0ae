import { FormatError } from '../error';
import { quote } from '../strictJson';
import { compareTypes, isSafetensorsType, tensorBytes, type SafetensorsType } from './dtype';
import { MAXIMUM_HEADER_BYTES, METADATA_KEY, PREFIX_BYTES, parseSafetensorsHeader } from './header';

/** A tensor's elements in row-major order, little-endian. */
export interface TensorData {
  readonly dtype: SafetensorsType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Encodes tensors as the chunks of a file, in order; the tensors' chunks are the given `data`, not copies. The same
 * tensors give the same bytes, in whatever order they come: widest types first, so that all data lie aligned, then by name.
 *
 * Throws a RangeError for a tensor whose data do not fit its shape or that is named `__metadata__`.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  const ordered = [...tensors].sort(
    ([nameA, a], [nameB, b]) => compareTypes(a.dtype, b.dtype) || compare(nameA, nameB),
  );
  for (const [name, tensor] of ordered) checkTensor(name, tensor);
  const header = encodeSafetensorsHeader(
    ordered.map(([name, { dtype, shape, data }]) => ({ name, dtype, shape, bytes: data.length })),
    metadata,
  );
  return [header, ...ordered.map(([, { data }]) => data)];
}

/** The header for tensors stored in this order. */
export function encodeSafetensorsHeader(
  tensors: Iterable<{ name: string; dtype: SafetensorsType; shape: readonly number[]; bytes: number }>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries: string[] = [];
  const keys = Object.keys(metadata).sort(compare);
  if (keys.length > 0) {
    const texts = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    entries.push(`"${METADATA_KEY}":{${texts.join(',')}}`);
  }
  let offset = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    const end = offset + bytes;
    entries.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${offset},${end}]}`,
    );
    offset = end;
  }
  return encodeHeader(`{${entries.join(',')}}`);
}

/** Decodes a whole file. The tensors' data are views into `bytes`, not copies. Throws {@link FormatError}. */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: Map<string, TensorData>;
  metadata: Readonly<Record<string, string>>;
} {
  const { tensors, metadata, dataStart } = parseSafetensorsHeader(bytes, bytes.length);
  const decoded = new Map<string, TensorData>();
  for (const [name, { dtype, shape, begin, end }] of tensors) {
    if (!isSafetensorsType(dtype)) {
      throw new FormatError(`The tensor ${quote(name)} of this safetensors file has the unknown type ${quote(dtype)}.`);
    }
    // Not `subarray`: of a node Buffer that is a Buffer again, whose `slice` does not copy.
    const data = new Uint8Array(bytes.buffer, bytes.byteOffset + dataStart + begin, end - begin);
    decoded.set(name, { dtype, shape, data });
  }
  return { tensors: decoded, metadata };
}

/** The header behind its length, padded with spaces so that the data begin at a multiple of eight bytes. */
function encodeHeader(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MAXIMUM_HEADER_BYTES)
    throw new FormatError(`A safetensors header of ${length} bytes is over the limit.`);
  const header = new Uint8Array(PREFIX_BYTES + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, PREFIX_BYTES);
  return header;
}

function checkTensor(name: string, { dtype, shape, data }: TensorData): void {
  if (name === METADATA_KEY) throw new RangeError(`A tensor cannot be named ${METADATA_KEY}.`);
  const bytes = tensorBytes(dtype, shape);
  if (bytes !== data.length) {
    throw new RangeError(
      `The tensor ${quote(name)} has ${data.length} bytes; ${dtype} [${shape.join(', ')}] needs ${bytes}.`,
    );
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
