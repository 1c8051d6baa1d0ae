import { squaredDistance, row, type Vectors } from './vectors';

/** The nearest neighbors of each row, nearest first, as [count, k]. */
export interface Neighbors {
  readonly count: number;
  readonly k: number;
  readonly indices: Int32Array;
  /** Euclidean. */
  readonly distances: Float32Array;
}

/** Collects the k nearest of every row, in one binary heap per row with the farthest on top. */
export class NearestHeaps {
  private readonly indices: Int32Array;
  private readonly squares: Float64Array;
  /** 1 for an entry that was added since the caller last reset it. */
  private readonly fresh: Uint8Array;

  constructor(
    readonly count: number,
    readonly k: number,
  ) {
    this.indices = new Int32Array(count * k).fill(-1);
    this.squares = new Float64Array(count * k).fill(Infinity);
    this.fresh = new Uint8Array(count * k);
  }

  /** The squared distance below which a candidate of `row` is taken. */
  worst(row: number): number {
    return this.squares[row * this.k]!;
  }

  /** The current candidates of `row`, unordered; −1 for an empty entry. */
  of(row: number): Int32Array {
    return this.indices.subarray(row * this.k, (row + 1) * this.k);
  }

  /** Flags of {@link of} for new entries; the caller may reset them to 0. */
  freshOf(row: number): Uint8Array {
    return this.fresh.subarray(row * this.k, (row + 1) * this.k);
  }

  /** Takes a candidate unless it is too far or, with `unique`, already known. Returns whether it was taken. */
  push(row: number, candidate: number, square: number, unique: boolean): boolean {
    const { indices, squares, fresh, k } = this;
    const base = row * k;
    if (!(square < squares[base]!)) return false;
    if (unique) for (let i = base; i < base + k; i++) if (indices[i] === candidate) return false;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= k) break;
      if (child + 1 < k && squares[base + child + 1]! > squares[base + child]!) child++;
      if (squares[base + child]! <= square) break;
      squares[base + at] = squares[base + child]!;
      indices[base + at] = indices[base + child]!;
      fresh[base + at] = fresh[base + child]!;
      at = child;
    }
    squares[base + at] = square;
    indices[base + at] = candidate;
    fresh[base + at] = 1;
    return true;
  }

  /** All neighbors in order, with recomputed distances: those pushed may be inexact products of norms. */
  finish(all: Vectors): Neighbors {
    const { count, k } = this;
    const indices = new Int32Array(count * k);
    const distances = new Float32Array(count * k);
    for (let i = 0; i < count; i++) {
      const point = row(all, i);
      const found = Array.from(this.of(i), (index) => ({ index, square: squaredDistance(all, index, point) }));
      found.sort((a, b) => a.square - b.square || a.index - b.index);
      found.forEach(({ index, square }, j) => {
        indices[i * k + j] = index;
        distances[i * k + j] = Math.sqrt(square);
      });
    }
    return { count, k, indices, distances };
  }
}
