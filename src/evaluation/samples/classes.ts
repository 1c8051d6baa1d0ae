import type { Slices } from '../../common/slices';
import { bootstrapError, type Estimate } from './bootstrap';
import type { Vectors } from './vectors';

/**
 * exp E KL(p(y|x) ‖ p(y)) of a classifier’s probabilities p(y|x), [count, classes], where p(y) is their mean (Salimans et al. 2016,
 * section 4): from 1 to the number of classes. The Inception score is this with Inception’s probabilities.
 */
export function* classifierScore(probabilities: Vectors): Slices<Estimate> {
  const score = (rows: Int32Array) => {
    const mean = meanOf(probabilities, rows);
    let sum = 0;
    for (const row of rows) {
      for (let k = 0; k < probabilities.size; k++) {
        const p = probabilities.values[row * probabilities.size + k]!;
        if (p > 0) sum += p * Math.log(p / mean[k]!);
      }
    }
    return Math.exp(sum / rows.length);
  };
  return yield* estimate(probabilities.count, score);
}

/**
 * KL of the shares of classes among samples from those among data, in nats: Σ q log(q / p), where each image belongs to its most
 * probable class. Infinite for samples of a class that no data have.
 */
export function* classHistogramKl(data: Vectors, samples: Vectors): Slices<Estimate> {
  const p = shares(winners(data), data.size);
  const classes = winners(samples);
  const divergence = (rows: Int32Array) =>
    shares(
      Uint8Array.from(rows, (row) => classes[row]!),
      samples.size,
    ).reduce((sum, q, k) => sum + (q === 0 ? 0 : q * Math.log(q / p[k]!)), 0);
  return yield* estimate(samples.count, divergence);
}

/** The share of images whose most probable class is the given one, `labels` [count]. */
export function* labelAgreement(probabilities: Vectors, labels: ArrayLike<number>): Slices<Estimate> {
  const classes = winners(probabilities);
  const agreement = (rows: Int32Array) =>
    rows.reduce((sum, row) => sum + (classes[row] === labels[row] ? 1 : 0), 0) / rows.length;
  return yield* estimate(probabilities.count, agreement);
}

/** How many classes have at least `share` of the images. */
export function classesFound(probabilities: Vectors, share: number): number {
  return shares(winners(probabilities), probabilities.size).filter((each) => each >= share).length;
}

function* estimate(count: number, statistic: (rows: Int32Array) => number): Slices<Estimate> {
  const value = statistic(Int32Array.from({ length: count }, (_, row) => row));
  yield;
  return { value, error: yield* bootstrapError([count], statistic) };
}

function meanOf({ values, size }: Vectors, rows: Int32Array): Float64Array {
  const mean = new Float64Array(size);
  for (const row of rows) for (let k = 0; k < size; k++) mean[k]! += values[row * size + k]! / rows.length;
  return mean;
}

/** The most probable class of each row. */
function winners({ values, count, size }: Vectors): Uint8Array {
  return Uint8Array.from({ length: count }, (_, row) => {
    let best = 0;
    for (let k = 1; k < size; k++) if (values[row * size + k]! > values[row * size + best]!) best = k;
    return best;
  });
}

function shares(classes: Uint8Array, size: number): Float64Array {
  const found = new Float64Array(size);
  for (const each of classes) found[each]! += 1 / classes.length;
  return found;
}
