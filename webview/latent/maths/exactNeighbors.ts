import { NearestHeaps, type Neighbors } from './neighbors';
import { meanVector, type Vectors } from './vectors';

/** Rows per block: two blocks and their products fit the L1 cache. */
const BLOCK = 64;

/**
 * The k nearest neighbors of every row, exactly, by blocked products: |a − b|² = |a|² + |b|² − 2 a·b, each pair once.
 * Rows are centerd first, which changes no distance and keeps the difference of large numbers small.
 * @param progress receives the completed share
 * @throws RangeError if there are fewer than k others
 */
export function exactNeighbors(
  all: Vectors,
  k: number,
  progress: (share: number) => void = () => undefined,
): Neighbors {
  const { count } = all;
  if (k >= count) throw new RangeError(`${count} points don’t have ${k} neighbors each.`);
  const { data, norms } = center(all);
  const heaps = new NearestHeaps(count, k);
  const products = new Float64Array(BLOCK * BLOCK);
  const blocks = Math.ceil(count / BLOCK);
  for (let a = 0; a < blocks; a++) {
    for (let b = a; b < blocks; b++) {
      multiply(data, all.dimensions, a * BLOCK, b * BLOCK, products);
      take(heaps, norms, products, a * BLOCK, b * BLOCK);
    }
    // Row a of the triangle of pairs has blocks − a entries.
    progress(1 - ((blocks - a - 1) * (blocks - a)) / (blocks * (blocks + 1)));
  }
  return heaps.finish(all);
}

/** Centerd rows and their squared lengths, padded with zero rows to whole blocks. */
function center(all: Vectors): { data: Float64Array; norms: Float64Array } {
  const { count, dimensions } = all;
  const rows = Math.ceil(count / BLOCK) * BLOCK;
  const mean = meanVector(all);
  const data = new Float64Array(rows * dimensions);
  const norms = new Float64Array(rows);
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < dimensions; d++) {
      const value = all.data[i * dimensions + d]! - mean[d]!;
      data[i * dimensions + d] = value;
      norms[i]! += value * value;
    }
  }
  return { data, norms };
}

/** All products of the rows from `a` with those from `b`, in tiles of 4 × 2 whose sums stay in registers. */
function multiply(data: Float64Array, size: number, a: number, b: number, out: Float64Array): void {
  for (let i = 0; i < BLOCK; i += 4) {
    const a0 = (a + i) * size;
    const a1 = a0 + size;
    const a2 = a1 + size;
    const a3 = a2 + size;
    for (let j = 0; j < BLOCK; j += 2) {
      const b0 = (b + j) * size;
      const b1 = b0 + size;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let d = 0; d < size; d++) {
        const x = data[b0 + d]!;
        const y = data[b1 + d]!;
        const p = data[a0 + d]!;
        s00 += p * x;
        s01 += p * y;
        const q = data[a1 + d]!;
        s10 += q * x;
        s11 += q * y;
        const r = data[a2 + d]!;
        s20 += r * x;
        s21 += r * y;
        const t = data[a3 + d]!;
        s30 += t * x;
        s31 += t * y;
      }
      const at = i * BLOCK + j;
      out[at] = s00;
      out[at + 1] = s01;
      out[at + BLOCK] = s10;
      out[at + BLOCK + 1] = s11;
      out[at + 2 * BLOCK] = s20;
      out[at + 2 * BLOCK + 1] = s21;
      out[at + 3 * BLOCK] = s30;
      out[at + 3 * BLOCK + 1] = s31;
    }
  }
}

function take(heaps: NearestHeaps, norms: Float64Array, products: Float64Array, a: number, b: number): void {
  const lastA = Math.min(BLOCK, heaps.count - a);
  const lastB = Math.min(BLOCK, heaps.count - b);
  for (let i = 0; i < lastA; i++) {
    const norm = norms[a + i]!;
    for (let j = a === b ? i + 1 : 0; j < lastB; j++) {
      // For two equal rows, rounding may give a negative value.
      const square = Math.max(0, norm + norms[b + j]! - 2 * products[i * BLOCK + j]!);
      if (square < heaps.worst(a + i)) heaps.push(a + i, b + j, square, false);
      if (square < heaps.worst(b + j)) heaps.push(b + j, a + i, square, false);
    }
  }
}
