/** Vectors of one size, such as the features of images: values [count, size]. */
export interface Vectors {
  readonly values: Float32Array;
  readonly count: number;
  readonly size: number;
}

export function vectors(values: Float32Array, size: number): Vectors {
  return { values, count: values.length / size, size };
}

/** The first `count` of them, without a copy. */
export function firstVectors({ values, size }: Vectors, count: number): Vectors {
  return { values: values.subarray(0, count * size), count, size };
}

/** Numbers that are summed before the sum is compared with the limit. */
const STRETCH = 64;

/**
 * ‖a − b‖² of row `i` of one and row `j` of the other set, or some number of at least `limit` where it is not smaller. By
 * differences: ‖a‖² + ‖b‖² − 2ab would cancel for neighbors.
 */
export function squaredDistance(
  a: Vectors,
  i: number,
  b: Vectors,
  j: number,
  limit = Number.POSITIVE_INFINITY,
): number {
  const { values: left, size } = a;
  const right = b.values;
  const [x, y] = [i * size, j * size];
  let sum = 0;
  for (let from = 0; from < size && sum < limit; from += STRETCH) {
    const to = Math.min(from + STRETCH, size);
    for (let k = from; k < to; k++) {
      const difference = left[x + k]! - right[y + k]!;
      sum += difference * difference;
    }
  }
  return sum;
}
