import type { Slices } from '../../common/slices';
import { uniforms } from '../../engine/random/philox';
import { squaredDistance, type Vectors } from './vectors';

const STREAM = 0x4400_0000;
const MOST_ITERATIONS = 30;

/** k-means by Lloyd’s iterations from k-means++ centers (Arthur & Vassilvitskii 2007): the cluster of each vector, [count]. */
export function* clustersOf(of: Vectors, clusters: number, seed: number): Slices<Uint8Array> {
  const draws = uniforms(clusters, seed, STREAM, 0);
  let centers: Vectors = { values: new Float32Array(0), count: 0, size: of.size };
  const closest = new Float64Array(of.count).fill(1);
  while (centers.count < clusters) {
    const chosen = chosenBy(closest, draws[centers.count]!);
    centers = withCenter(centers, of.values.subarray(chosen * of.size, (chosen + 1) * of.size));
    for (let row = 0; row < of.count; row++) {
      const distance = squaredDistance(of, row, centers, centers.count - 1);
      closest[row] = centers.count === 1 ? distance : Math.min(closest[row]!, distance);
    }
    yield;
  }
  const assigned = new Uint8Array(of.count);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const changed = assign(of, centers, assigned);
    yield;
    if (!changed && iteration > 0) break;
    centers = means(of, centers, assigned);
  }
  return assigned;
}

function withCenter({ values, count, size }: Vectors, center: Float32Array): Vectors {
  const more = new Float32Array((count + 1) * size);
  more.set(values);
  more.set(center, count * size);
  return { values: more, count: count + 1, size };
}

/** A row with a chance in proportion to its weight; the last one where all are 0. */
function chosenBy(weights: Float64Array, draw: number): number {
  let left = draw * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found === -1 ? weights.length - 1 : found;
}

function assign(of: Vectors, centers: Vectors, assigned: Uint8Array): boolean {
  let changed = false;
  for (let row = 0; row < of.count; row++) {
    let [least, cluster] = [Number.POSITIVE_INFINITY, 0];
    for (let center = 0; center < centers.count; center++) {
      const distance = squaredDistance(of, row, centers, center, least);
      if (distance < least) [least, cluster] = [distance, center];
    }
    changed ||= assigned[row] !== cluster;
    assigned[row] = cluster;
  }
  return changed;
}

/** The mean of each cluster; the center of an empty one stays. */
function means({ values, count, size }: Vectors, centers: Vectors, assigned: Uint8Array): Vectors {
  const sums = new Float64Array(centers.values.length);
  const counts = new Array<number>(centers.count).fill(0);
  for (let row = 0; row < count; row++) {
    const cluster = assigned[row]!;
    counts[cluster]! += 1;
    for (let k = 0; k < size; k++) sums[cluster * size + k]! += values[row * size + k]!;
  }
  const next = Float32Array.from(sums, (sum, at) => {
    const members = counts[Math.floor(at / size)]!;
    return members === 0 ? centers.values[at]! : sum / members;
  });
  return { ...centers, values: next };
}
