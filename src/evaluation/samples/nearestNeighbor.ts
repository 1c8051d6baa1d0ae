import type { Slices } from '../../common/slices';
import { bootstrapError, type Estimate } from './bootstrap';
import { squaredDistance, type Vectors } from './vectors';

/** Rows between two breaks. */
const ROWS = 50;

/**
 * The 1-nearest-neighbor two-sample test (Lopez-Paz & Oquab 2017, section 3): the share of data and samples, as many of each, whose nearest
 * neighbor among all others is of their own kind. ½ if they cannot be told apart, 1 if they differ, below ½ if samples are
 * copies of data. The error is that over the examples whose neighbors are found, neighbors held fixed.
 */
export function* nearestNeighborAccuracy(data: Vectors, samples: Vectors): Slices<Estimate> {
  const right = new Float64Array(data.count + samples.count);
  for (const [own, other, from] of [
    [data, samples, 0],
    [samples, data, data.count],
  ] as const) {
    for (let row = 0; row < own.count; row++) {
      right[from + row] = nearest(own, row, own, row) < nearest(own, row, other) ? 1 : 0;
      if (row % ROWS === ROWS - 1) yield;
    }
  }
  const share = (rows: Int32Array) => rows.reduce((sum, row) => sum + right[row]!, 0) / rows.length;
  return {
    value: right.reduce((sum, each) => sum + each, 0) / right.length,
    error: yield* bootstrapError([right.length], share),
  };
}

/** Squared distance from a row to the nearest of `among`, except for one of these. */
function nearest(own: Vectors, row: number, among: Vectors, except = -1): number {
  let least = Number.POSITIVE_INFINITY;
  for (let other = 0; other < among.count; other++) {
    if (other === except) continue;
    const distance = squaredDistance(own, row, among, other, least);
    if (distance < least) least = distance;
  }
  return least;
}
