/** Vectors as the rows of one array: `data` is [count, dimensions], row by row. */
export interface Vectors {
  readonly count: number;
  readonly dimensions: number;
  readonly data: Float32Array;
}

/** @throws RangeError if the array's length contradicts the shape */
export function vectors(data: Float32Array, dimensions: number): Vectors {
  const count = data.length / dimensions;
  if (!Number.isInteger(count)) throw new RangeError(`${data.length} numbers are no rows of ${dimensions}.`);
  return { count, dimensions, data };
}

/** A view of one row; writing to it writes to the vectors. */
export function row({ data, dimensions }: Vectors, index: number): Float32Array {
  return data.subarray(index * dimensions, (index + 1) * dimensions);
}

/** The mean of all rows, or of those at `indices`; zeros where there are none. */
export function meanVector(all: Vectors, indices?: ArrayLike<number>): Float64Array {
  const { count, dimensions, data } = all;
  const mean = new Float64Array(dimensions);
  const rows = indices?.length ?? count;
  for (let i = 0; i < rows; i++) {
    const at = (indices ? indices[i]! : i) * dimensions;
    for (let d = 0; d < dimensions; d++) mean[d]! += data[at + d]!;
  }
  for (let d = 0; d < dimensions; d++) mean[d]! /= Math.max(1, rows);
  return mean;
}

/** Squared Euclidean distance between a row and a point. */
export function squaredDistance(all: Vectors, index: number, point: ArrayLike<number>): number {
  const at = index * all.dimensions;
  let sum = 0;
  for (let d = 0; d < all.dimensions; d++) sum += (all.data[at + d]! - point[d]!) ** 2;
  return sum;
}

/** Numbers that one pass processes in a few milliseconds. */
const A_FRAME = 4_000_000;

/** Whether {@link nearestRows} takes longer than a frame, so that it should wait for the end of a movement. */
export function isLong({ count, dimensions }: Vectors): boolean {
  return count * dimensions > A_FRAME;
}

/** The `count` rows nearest to `point`, nearest first, without those that `skip` excludes. Exact, in one pass. */
export function nearestRows(
  all: Vectors,
  point: ArrayLike<number>,
  count: number,
  skip?: (index: number) => boolean,
): { readonly index: number; readonly distance: number }[] {
  const best: { index: number; distance: number }[] = [];
  for (let i = 0; i < all.count; i++) {
    const distance = squaredDistance(all, i, point);
    if (best.length === count && distance >= best[count - 1]!.distance) continue;
    if (skip?.(i)) continue;
    let at = best.length === count ? count - 1 : best.length;
    while (at > 0 && best[at - 1]!.distance > distance) {
      best[at] = best[at - 1]!;
      at--;
    }
    if (count > 0) best[at] = { index: i, distance };
  }
  return best.map(({ index, distance }) => ({ index, distance: Math.sqrt(distance) }));
}

/** Number of rows with an entry that is not finite. */
export function brokenRows({ count, dimensions, data }: Vectors): number {
  let broken = 0;
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < dimensions; d++) {
      if (Number.isFinite(data[i * dimensions + d])) continue;
      broken++;
      break;
    }
  }
  return broken;
}
