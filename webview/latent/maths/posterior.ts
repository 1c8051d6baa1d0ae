import { moments } from './covariance';
import { normalDraws, seededRandom } from './random';
import type { Vectors } from './vectors';

/** Histograms reach this far to both sides of the prior's mean; what lies beyond is counted in the outermost bins. */
export const HISTOGRAM_REACH = 4;
export const HISTOGRAM_BINS = 40;
/** A dimension is active whose means vary more than this over the data (Burda, Grosse and Salakhutdinov 2016). */
const ACTIVE_VARIANCE = 0.01;

/** The aggregate posterior q(z), the mean over the data of q(z|x), set against the prior N(0, I). */
export interface PosteriorStatistics {
  readonly dimensions: number;
  readonly mean: Float64Array;
  /** Of q(z): the covariance of the means plus the mean of the variances. */
  readonly covariance: Float64Array;
  /** Mean KL(q(z|x) ‖ p(z)) of each dimension in nats; absent where the encoder gives no distribution. */
  readonly kl?: Float64Array;
  /** Whether the means of a dimension vary with the data. */
  readonly active: readonly boolean[];
  /** Densities, as [dimensions, bins]; comparable with the prior's. */
  readonly histograms: Float32Array;
  /** Dimensions, those that tell most first: by KL, else by variance. */
  readonly order: readonly number[];
}

/** @param logVariances of q(z|x), as `latents`; one draw of each point's distribution then fills the histograms */
export function posteriorStatistics(latents: Vectors, logVariances?: Float32Array): PosteriorStatistics {
  const { count, dimensions, data } = latents;
  const { mean, covariance } = moments(latents);
  const active = Array.from(mean, (_, d) => covariance[d * dimensions + d]! > ACTIVE_VARIANCE);
  const kl = logVariances && klByDimension(latents, logVariances);
  if (logVariances) {
    for (let d = 0; d < dimensions; d++) {
      let sum = 0;
      for (let i = d; i < data.length; i += dimensions) sum += Math.exp(logVariances[i]!);
      covariance[d * dimensions + d]! += sum / Math.max(1, count);
    }
  }
  const weight = (d: number) => (kl ? kl[d]! : covariance[d * dimensions + d]!);
  return {
    dimensions,
    mean,
    covariance,
    kl,
    active,
    histograms: histograms(latents, logVariances),
    order: Array.from(mean, (_, d) => d).sort((a, b) => weight(b) - weight(a) || a - b),
  };
}

/** ½ (μ² + σ² − 1 − log σ²), the mean over the points (Kingma and Welling 2014, appendix B). */
export function klByDimension({ count, dimensions, data }: Vectors, logVariances: Float32Array): Float64Array {
  const kl = new Float64Array(dimensions);
  for (let i = 0; i < data.length; i++) {
    const logVariance = logVariances[i]!;
    kl[i % dimensions]! += (data[i]! ** 2 + Math.exp(logVariance) - 1 - logVariance) / 2 / Math.max(1, count);
  }
  return kl;
}

function histograms({ count, dimensions, data }: Vectors, logVariances?: Float32Array): Float32Array {
  const densities = new Float32Array(dimensions * HISTOGRAM_BINS);
  const width = (2 * HISTOGRAM_REACH) / HISTOGRAM_BINS;
  const random = seededRandom(7);
  for (let i = 0; i < data.length; i += dimensions) {
    const noise = logVariances ? normalDraws(dimensions, random) : undefined;
    for (let d = 0; d < dimensions; d++) {
      const deviation = noise && logVariances ? noise[d]! * Math.exp(logVariances[i + d]! / 2) : 0;
      const bin = Math.floor((data[i + d]! + deviation + HISTOGRAM_REACH) / width);
      if (Number.isNaN(bin)) continue;
      densities[d * HISTOGRAM_BINS + Math.min(HISTOGRAM_BINS - 1, Math.max(0, bin))]! += 1 / (count * width);
    }
  }
  return densities;
}
