import type { Neighbors } from '../neighbors';

/** Joint probabilities of pairs, sparse: row i has entries starts[i] … starts[i + 1]; all together they add up to 1. */
export interface Affinities {
  readonly count: number;
  readonly starts: Int32Array;
  readonly others: Int32Array;
  readonly values: Float32Array;
}

const MOST_HALVINGS = 100;
const TOLERANCE = 1e-5;

/**
 * Affinities of t-SNE (van der Maaten and Hinton 2008, equations 1 and the symmetric form) over nearest neighbors only
 * (van der Maaten 2014): Gaussians around each point whose perplexity is the given one, then (p(j|i) + p(i|j)) / 2n.
 */
export function affinities(neighbors: Neighbors, perplexity: number): Affinities {
  const { count, k, indices } = neighbors;
  const conditional = conditionals(neighbors, Math.min(perplexity, k));
  const lengths = new Int32Array(count).fill(k);
  const backOf = (i: number, n: number) => indices.subarray(indices[n]! * k, (indices[n]! + 1) * k).indexOf(i);
  for (let i = 0; i < count; i++) {
    for (let n = i * k; n < (i + 1) * k; n++) if (backOf(i, n) < 0) lengths[indices[n]!]!++;
  }
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) starts[i + 1] = starts[i]! + lengths[i]!;
  const others = new Int32Array(starts[count]!);
  const values = new Float32Array(starts[count]!);
  const next = starts.slice();
  const put = (i: number, other: number, value: number) => {
    const at = next[i]!++;
    others[at] = other;
    values[at] = value;
  };
  for (let i = 0; i < count; i++) {
    for (let n = i * k; n < (i + 1) * k; n++) {
      const other = indices[n]!;
      const back = backOf(i, n);
      const value = (conditional[n]! + (back < 0 ? 0 : conditional[other * k + back]!)) / (2 * count);
      put(i, other, value);
      // The pair is absent from the other point's row.
      if (back < 0) put(other, i, value);
    }
  }
  return { count, starts, others, values };
}

/** p(j|i) over the neighbors of each point, with the precision that gives the perplexity, by bisection. */
export function conditionals({ count, k, distances }: Neighbors, perplexity: number): Float32Array {
  const values = new Float32Array(count * k);
  const target = Math.log(perplexity);
  for (let i = 0; i < count; i++) {
    const around = distances.subarray(i * k, (i + 1) * k);
    const nearest = around[0]! ** 2;
    let [low, high, precision] = [0, Infinity, 1];
    for (let halving = 0; halving < MOST_HALVINGS; halving++) {
      let [sum, weighted] = [0, 0];
      for (let n = 0; n < k; n++) {
        const square = around[n]! ** 2 - nearest;
        const value = Math.exp(-precision * square);
        values[i * k + n] = value;
        sum += value;
        weighted += value * square;
      }
      for (let n = 0; n < k; n++) values[i * k + n]! /= sum;
      const entropy = Math.log(sum) + (precision * weighted) / sum;
      if (Math.abs(entropy - target) < TOLERANCE) break;
      if (entropy > target) low = precision;
      else high = precision;
      precision = high === Infinity ? 2 * precision : (low + high) / 2;
    }
  }
  return values;
}
