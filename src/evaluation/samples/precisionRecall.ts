import type { Slices } from '../../common/slices';
import { bootstrapError, type Estimate } from './bootstrap';
import { clustersOf } from './clusters';
import type { Vectors } from './vectors';

const CLUSTERS = 20;
const RUNS = 10;
/** Slopes λ at which the curve is computed, as in the paper’s code. */
const ANGLES = 1001;
/** F₈ weighs recall eight times as much as precision; F⅛ the other way round. */
const BETA = 8;

/**
 * Precision and recall of a distribution of samples (Sajjadi et al. 2018): both sets are clustered together, and their shares p
 * (data) and q (samples) of the clusters give the curve of α(λ) = Σ min(λp, q) and β(λ) = Σ min(p, q/λ) (equation 7). The
 * curve of a model is the mean over ten clusterings; precision is its largest F⅛, recall its largest F₈ (section 4.3). The
 * errors hold the clusterings fixed.
 */
export function* precisionAndRecall(
  data: Vectors,
  samples: Vectors,
): Slices<{ readonly precision: Estimate; readonly recall: Estimate }> {
  const both = { ...data, values: joined(data.values, samples.values), count: data.count + samples.count };
  const clusterings: { readonly data: Uint8Array; readonly samples: Uint8Array }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const clusters = yield* clustersOf(both, CLUSTERS, run);
    clusterings.push({ data: clusters.subarray(0, data.count), samples: clusters.subarray(data.count) });
  }
  const scores = (ofData?: Int32Array, ofSamples?: Int32Array) =>
    scoresOf(
      clusterings.map((clusters) => ({
        p: shares(clusters.data, ofData),
        q: shares(clusters.samples, ofSamples),
      })),
    );
  const { precision, recall } = scores();
  const counts = [data.count, samples.count];
  const error = (which: 'precision' | 'recall') =>
    bootstrapError(counts, (ofData, ofSamples) => scores(ofData, ofSamples)[which]);
  return {
    precision: { value: precision, error: yield* error('precision') },
    recall: { value: recall, error: yield* error('recall') },
  };
}

/** Largest F⅛ and F₈ on the mean of the curves of several pairs of distributions over clusters. */
export function scoresOf(pairs: readonly { readonly p: Float64Array; readonly q: Float64Array }[]): {
  readonly precision: number;
  readonly recall: number;
} {
  const scores = { precision: 0, recall: 0 };
  for (let index = 0; index < ANGLES; index++) {
    // The ends, slopes of 0 and ∞, are left out by the paper’s code too.
    const angle = 1e-6 + ((Math.PI / 2 - 2e-6) * index) / (ANGLES - 1);
    const slope = Math.tan(angle);
    let alpha = 0;
    for (const { p, q } of pairs) {
      for (let cluster = 0; cluster < p.length; cluster++) alpha += Math.min(slope * p[cluster]!, q[cluster]!);
    }
    alpha = Math.min(1, alpha / pairs.length);
    const beta = Math.min(1, alpha / slope);
    scores.precision = Math.max(scores.precision, score(alpha, beta, 1 / BETA));
    scores.recall = Math.max(scores.recall, score(alpha, beta, BETA));
  }
  return scores;
}

/** F_β of precision and recall. */
function score(precision: number, recall: number, beta: number): number {
  const sum = beta ** 2 * precision + recall;
  return sum === 0 ? 0 : ((1 + beta ** 2) * precision * recall) / sum;
}

function shares(clusters: Uint8Array, rows?: Int32Array): Float64Array {
  const found = new Float64Array(CLUSTERS);
  const count = rows?.length ?? clusters.length;
  for (let i = 0; i < count; i++) found[clusters[rows ? rows[i]! : i]!]! += 1 / count;
  return found;
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
