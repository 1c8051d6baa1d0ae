import { NearestHeaps, type Neighbors } from './neighbors';
import { seededRandom, type Random } from './random';
import type { Vectors } from './vectors';

const TREES = 12;
/** Points per leaf, which are compared in pairs. */
const LEAF = 40;
const MOST_ROUNDS = 5;
/** Candidates per point and round; more are sampled down to this number. */
const CANDIDATES = 16;
/** Rounds end when at most this share of all entries has improved. */
const ENOUGH = 0.002;

/**
 * Most of the k nearest neighbors of every row: a forest of random projection trees (Dasgupta and Freund 2008) finds
 * first candidates, rounds of nearest-neighbor descent (Dong, Moses and Li 2011: a neighbor's neighbor is likely to be
 * one) improve them.
 * @throws RangeError if there are fewer than k others
 */
export function approximateNeighbors(
  all: Vectors,
  k: number,
  progress: (share: number) => void = () => undefined,
  random: Random = seededRandom(1),
): Neighbors {
  const { count } = all;
  if (k >= count) throw new RangeError(`${count} points don’t have ${k} neighbors each.`);
  // Neighbors in space become neighbors in memory, which makes the rounds a third faster.
  const order = Int32Array.from({ length: count }, (_, i) => i);
  split(all, order, 0, count, random, () => undefined);
  const sorted = reordered(all, order);
  const heaps = new NearestHeaps(count, k);
  const steps = TREES + MOST_ROUNDS;
  for (let tree = 0; tree < TREES; tree++) {
    const members = Int32Array.from({ length: count }, (_, i) => i);
    split(sorted, members, 0, count, random, (begin, end) => compareLeaf(sorted, heaps, members, begin, end));
    progress((tree + 1) / steps);
  }
  // A row whose leaves were smaller than k has empty entries, initially filled with arbitrary rows.
  for (let i = 0; i < count; i++) {
    while (heaps.worst(i) === Infinity) compare(sorted, heaps, i, Math.floor(random() * count));
  }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const improved = descend(sorted, heaps, random);
    progress((TREES + round + 1) / steps);
    if (improved < ENOUGH * count * k) break;
  }
  return restored(heaps.finish(sorted), order);
}

function reordered({ count, dimensions, data }: Vectors, order: Int32Array): Vectors {
  const copy = new Float32Array(count * dimensions);
  order.forEach((from, to) => copy.set(data.subarray(from * dimensions, (from + 1) * dimensions), to * dimensions));
  return { count, dimensions, data: copy };
}

/** Neighbors of the rows before they were reordered. */
function restored({ count, k, ...sorted }: Neighbors, order: Int32Array): Neighbors {
  const indices = new Int32Array(count * k);
  const distances = new Float32Array(count * k);
  order.forEach((to, from) => {
    for (let n = 0; n < k; n++) indices[to * k + n] = order[sorted.indices[from * k + n]!]!;
    distances.set(sorted.distances.subarray(from * k, (from + 1) * k), to * k);
  });
  return { count, k, indices, distances };
}

/** Halves order[begin, end) by the plane between two of its points until it is a leaf. */
function split(
  all: Vectors,
  order: Int32Array,
  begin: number,
  end: number,
  random: Random,
  leaf: (begin: number, end: number) => void,
): void {
  if (end - begin <= LEAF) return leaf(begin, end);
  const { data, dimensions } = all;
  const pick = () => order[begin + Math.floor(random() * (end - begin))]! * dimensions;
  const [a, b] = [pick(), pick()];
  const normal = new Float64Array(dimensions);
  let offset = 0;
  for (let d = 0; d < dimensions; d++) {
    normal[d] = data[b + d]! - data[a + d]!;
    offset += (normal[d]! * (data[b + d]! + data[a + d]!)) / 2;
  }
  let low = begin;
  let high = end;
  while (low < high) {
    const point = order[low]!;
    let side = -offset;
    for (let d = 0, at = point * dimensions; d < dimensions; d++) side += data[at + d]! * normal[d]!;
    if (side < 0) low++;
    else {
      order[low] = order[--high]!;
      order[high] = point;
    }
  }
  // Coincident points cannot be separated; they are divided in their current order.
  const middle = low === begin || low === end ? (begin + end) >> 1 : low;
  split(all, order, begin, middle, random, leaf);
  split(all, order, middle, end, random, leaf);
}

function compareLeaf(all: Vectors, heaps: NearestHeaps, order: Int32Array, begin: number, end: number): void {
  for (let i = begin; i < end; i++) for (let j = i + 1; j < end; j++) compare(all, heaps, order[i]!, order[j]!);
}

/** Tries two rows as neighbors of each other; returns the number of improved entries. */
function compare({ data, dimensions }: Vectors, heaps: NearestHeaps, i: number, j: number): number {
  if (i === j) return 0;
  const limit = Math.max(heaps.worst(i), heaps.worst(j));
  const a = i * dimensions;
  const b = j * dimensions;
  let square = 0;
  for (let d = 0; d < dimensions && square < limit; d++) square += (data[a + d]! - data[b + d]!) ** 2;
  return Number(heaps.push(i, j, square, true)) + Number(heaps.push(j, i, square, true));
}

/**
 * One round: tries the neighbors of a point, and the points that it is a neighbor of, as neighbors of each other,
 * unless both were tried in a previous round; returns the number of improved entries.
 */
function descend(all: Vectors, heaps: NearestHeaps, random: Random): number {
  const { count } = heaps;
  const fresh = new Samples(count, random);
  const old = new Samples(count, random);
  for (let i = 0; i < count; i++) {
    const isFresh = heaps.freshOf(i);
    heaps.of(i).forEach((other, n) => {
      const to = isFresh[n] === 1 ? fresh : old;
      to.offer(i, other);
      to.offer(other, i);
    });
    isFresh.fill(0);
  }
  let improved = 0;
  for (let i = 0; i < count; i++) {
    const [news, olds] = [fresh.of(i), old.of(i)];
    for (let p = 0; p < news.length; p++) {
      for (let q = p + 1; q < news.length; q++) improved += compare(all, heaps, news[p]!, news[q]!);
      for (let q = 0; q < olds.length; q++) improved += compare(all, heaps, news[p]!, olds[q]!);
    }
  }
  return improved;
}

/** Up to {@link CANDIDATES} of the candidates offered to each point, with equal probability (reservoir sampling). */
class Samples {
  private readonly kept: Int32Array;
  private readonly offered: Int32Array;

  constructor(
    count: number,
    private readonly random: Random,
  ) {
    this.kept = new Int32Array(count * CANDIDATES);
    this.offered = new Int32Array(count);
  }

  offer(to: number, candidate: number): void {
    const known = this.offered[to]!++;
    const at = known < CANDIDATES ? known : Math.floor(this.random() * (known + 1));
    if (at < CANDIDATES) this.kept[to * CANDIDATES + at] = candidate;
  }

  of(point: number): Int32Array {
    return this.kept.subarray(point * CANDIDATES, point * CANDIDATES + Math.min(CANDIDATES, this.offered[point]!));
  }
}
