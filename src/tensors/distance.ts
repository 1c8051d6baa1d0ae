import type { Numbers } from './encoding';
import { numberCount, readPart, type Part, type ReadableTensor } from './numberStream';

/** How far a tensor is from another one of the same shape. */
export interface Distance {
  readonly changed: boolean;
  /** ‖a − b‖ / ‖b‖ over finite values; Infinity if b is all zero; NaN if a NaN or an infinity appeared or disappeared. */
  readonly relative: number;
  /** Of the magnitudes of all differences, NaN likewise. */
  readonly largest: number;
}

/** Size of a chunk, of which two are in memory at a time. */
const CHUNK_NUMBERS = 512 * 1024;
/** Maximum number of values that are reordered in memory to compare tensors stored in different orders. */
const MOST_REORDERED = 32 * 1024 * 1024;

interface Sums {
  changed: boolean;
  largest: number;
  squares: number;
  norm: number;
  /** Differences that are NaN. */
  broken: number;
}

/** Whether the values of two tensors of one shape can be held against each other at all. */
export function comparable(a: ReadableTensor, b: ReadableTensor): boolean {
  if (numberCount(a) !== numberCount(b)) return false;
  return sameOrder(a, b) || (numberCount(a) <= MOST_REORDERED && !isWide(a) && !isWide(b));
}

/** Distance of `a` from `b`, which are {@link comparable}, by value. `onShare` receives fractions from 0 to 1. */
export async function distance(
  a: ReadableTensor,
  b: ReadableTensor,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<Distance> {
  const count = numberCount(a);
  const sums: Sums = { changed: false, largest: 0, squares: 0, norm: 0, broken: 0 };
  const [readA, readB] = sameOrder(a, b) ? [reader(a), reader(b)] : [await rowMajor(a), await rowMajor(b)];
  for (let from = 0; from < count; from += CHUNK_NUMBERS) {
    signal.throwIfAborted();
    const length = Math.min(CHUNK_NUMBERS, count - from);
    add(sums, await readA(from, length), await readB(from, length), length);
    onShare((from + length) / count);
  }
  const { changed, largest, squares, norm, broken } = sums;
  if (!changed) return { changed, relative: 0, largest: 0 };
  if (broken > 0) return { changed, relative: NaN, largest: NaN };
  return { changed, relative: Math.sqrt(squares / norm), largest };
}

function add(sums: Sums, a: Part, b: Part, length: number): void {
  const [left, right] = [a.numbers, b.numbers];
  const exact = a.exact !== undefined && b.exact !== undefined ? { a: a.exact, b: b.exact } : undefined;
  for (let i = 0; i < length; i++) {
    const [value, before] = [left[i]!, right[i]!];
    const finite = before - before === 0;
    if (finite) sums.norm += before * before;
    // Distinct 64-bit integers may be equal as doubles.
    const same = exact === undefined ? Object.is(value, before) || value === before : exact.a[i] === exact.b[i];
    // Also NaN, which is the same as NaN here: nothing has changed.
    if (same) continue;
    sums.changed = true;
    if (!finite || value - value !== 0) {
      sums.broken++;
      continue;
    }
    const step = Math.abs(exact === undefined ? value - before : Number(exact.a[i]! - exact.b[i]!));
    sums.squares += step * step;
    if (step > sums.largest) sums.largest = step;
  }
}

type Read = (from: number, count: number) => Promise<Part>;

function reader(tensor: ReadableTensor): Read {
  return (from, count) => readPart(tensor, from, count);
}

/** Reads a tensor as if its last index were the fastest, whatever the file's order is. */
async function rowMajor(tensor: ReadableTensor): Promise<Read> {
  if (!tensor.at.fortran) return reader(tensor);
  const count = numberCount(tensor);
  const numbers = transposed((await readPart(tensor, 0, count)).numbers, tensor.shape, count / tensor.elements);
  return (from, length) => Promise.resolve({ numbers: numbers.subarray(from, from + length) });
}

/** @param parts numbers an element */
function transposed(numbers: Numbers, shape: readonly number[], parts: number): Numbers {
  const out = numbers.slice();
  let size = parts;
  const strides = shape.map((length) => {
    const stride = size;
    size *= length;
    return stride;
  });
  const position = shape.map(() => 0);
  for (let to = 0, from = 0; to < out.length; to += parts) {
    for (let part = 0; part < parts; part++) out[to + part] = numbers[from + part]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      position[d]!++;
      from += strides[d]!;
      if (position[d]! < shape[d]!) break;
      from -= strides[d]! * shape[d]!;
      position[d] = 0;
    }
  }
  return out;
}

function sameOrder(a: ReadableTensor, b: ReadableTensor): boolean {
  return (a.at.fortran ?? false) === (b.at.fortran ?? false);
}

/** Integers that doubles are too small for. */
function isWide({ type }: ReadableTensor): boolean {
  return type === 'I64' || type === 'U64';
}
