import { encodingOf, swapBytes, type Numbers } from './encoding';
import type { Location, StoredTensor } from './tensorFile';

export type ReadableTensor = StoredTensor & { readonly at: Location };

/** Size of one read; a disk gains little from larger ones, and cancelling waits for at most one. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Type, size and place of the numbers of a tensor, checked. */
function layoutOf(tensor: ReadableTensor) {
  const encoding = encodingOf(tensor.at.stored ?? tensor.type);
  if (encoding === undefined) throw new Error(`Values of type ${tensor.type} are not decoded.`);
  return { encoding, numbers: tensor.elements * encoding.numbers };
}

/** The count of numbers of a tensor: one per element, two if it is complex. */
export function numberCount(tensor: ReadableTensor): number {
  return layoutOf(tensor).numbers;
}

/** Some numbers of a tensor; of 64-bit integers also the exact values, which doubles are too small for. */
export interface Part {
  readonly numbers: Numbers;
  readonly exact?: BigInt64Array | BigUint64Array;
}

/** Numbers `from` to `from + count`, in the order in which they are stored. */
export async function readPart(tensor: ReadableTensor, from: number, count: number): Promise<Part> {
  const { encoding } = layoutOf(tensor);
  const buffer = await readBuffer(tensor, encoding.bytes, from, count);
  const exact = tensor.at.quantized === undefined ? encoding.exact?.(buffer, count) : undefined;
  return { numbers: decodeWith(tensor, buffer, count), exact };
}

/**
 * All numbers of a tensor in stored order, some megabytes at a time; each array is the listener's only until the next
 * one comes. Rejects with the signal's reason when it is aborted.
 */
export async function streamNumbers(
  tensor: ReadableTensor,
  signal: AbortSignal,
  listener: (numbers: Numbers, from: number) => void,
): Promise<void> {
  const { encoding, numbers } = layoutOf(tensor);
  const perChunk = Math.floor(CHUNK_BYTES / encoding.bytes);
  const buffer = new ArrayBuffer(Math.min(perChunk, Math.max(1, numbers)) * encoding.bytes);
  for (let from = 0; from < numbers; from += perChunk) {
    signal.throwIfAborted();
    const count = Math.min(perChunk, numbers - from);
    listener(decodeWith(tensor, await readBuffer(tensor, encoding.bytes, from, count, buffer), count), from);
  }
  signal.throwIfAborted();
}

async function readBuffer(
  { at }: ReadableTensor,
  width: number,
  from: number,
  count: number,
  buffer = new ArrayBuffer(count * width),
): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(buffer, 0, count * width);
  await (await at.source()).read(bytes, at.offset + from * width);
  if (at.bigEndian) swapBytes(bytes, width);
  return buffer;
}

function decodeWith(tensor: ReadableTensor, buffer: ArrayBuffer, count: number): Numbers {
  const numbers = layoutOf(tensor).encoding.decode(buffer, count);
  const { quantized } = tensor.at;
  if (quantized === undefined) return numbers;
  for (let i = 0; i < numbers.length; i++) numbers[i] = numbers[i]! * quantized.scale + quantized.minimum;
  return numbers;
}
