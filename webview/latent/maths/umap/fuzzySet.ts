import type { Neighbors } from '../neighbors';

/** Pairs of points with their joint membership, each pair once. */
export interface FuzzySet {
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  /** In (0, 1]. */
  readonly weights: Float32Array;
}

const MOST_HALVINGS = 64;
const TOLERANCE = 1e-5;
/** Lower bound of a scale, as a share of the mean distance. */
const SMALLEST_SCALE = 1e-3;

/**
 * The fuzzy simplicial set of a neighborhood graph (McInnes, Healy and Melville 2018, algorithms 2 and 3): around each
 * point memberships fall off exponentially beyond its nearest neighbor, at the scale at which they add up to log₂(k +
 * 1); those of both directions are united as p + q − pq. The k neighbors do not count the point itself, as those of
 * umap-learn do, so that k here is its `n_neighbors` − 1.
 */
export function fuzzySet(neighbors: Neighbors): FuzzySet {
  const { count, k, indices } = neighbors;
  const directed = memberships(neighbors);
  const heads: number[] = [];
  const tails: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let n = i * k; n < (i + 1) * k; n++) {
      const other = indices[n]!;
      const back = indices.subarray(other * k, (other + 1) * k).indexOf(i);
      const mutual = back >= 0;
      // A mutual pair occurs in both rows.
      if (mutual && other < i) continue;
      const [there, here] = [directed[n]!, mutual ? directed[other * k + back]! : 0];
      const weight = there + here - there * here;
      if (weight <= 0) continue;
      heads.push(i);
      tails.push(other);
      weights.push(weight);
    }
  }
  return { heads: Int32Array.from(heads), tails: Int32Array.from(tails), weights: Float32Array.from(weights) };
}

/** Membership of each neighbor, as [count, k]. */
export function memberships({ count, k, distances }: Neighbors): Float32Array {
  const overall = distances.reduce((sum, distance) => sum + distance, 0) / Math.max(1, distances.length);
  const values = new Float32Array(count * k);
  const target = Math.log2(k + 1);
  for (let i = 0; i < count; i++) {
    const around = distances.subarray(i * k, (i + 1) * k);
    const nearest = around.find((distance) => distance > 0) ?? 0;
    const own = around.reduce((sum, distance) => sum + distance, 0) / (k + 1);
    const scale = Math.max(scaleOf(around, nearest, target), SMALLEST_SCALE * (nearest > 0 ? own : overall));
    for (let n = 0; n < k; n++) {
      const beyond = around[n]! - nearest;
      values[i * k + n] = beyond <= 0 || scale === 0 ? 1 : Math.exp(-beyond / scale);
    }
  }
  return values;
}

/** By bisection: the scale at which memberships add up to `target`. */
function scaleOf(around: Float32Array, nearest: number, target: number): number {
  let [low, high, scale] = [0, Infinity, 1];
  for (let i = 0; i < MOST_HALVINGS; i++) {
    let sum = 0;
    for (const distance of around) sum += distance > nearest ? Math.exp(-(distance - nearest) / scale) : 1;
    if (Math.abs(sum - target) < TOLERANCE) break;
    if (sum > target) high = scale;
    else low = scale;
    scale = high === Infinity ? 2 * scale : (low + high) / 2;
  }
  return scale;
}
