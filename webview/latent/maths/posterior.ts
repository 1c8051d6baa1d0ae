import { moments } from './covariance';
import { normalDraws, seededRandom } from './random';
import type { Vectors } from './vectors';

/** Half the range of a histogram in units of its scale; values beyond are counted in the outermost bins. */
export const HISTOGRAM_REACH = 4;
export const HISTOGRAM_BINS = 40;
/** A unit is active if its posterior mean varies by more than this over the data (Burda et al. 2015). */
const ACTIVE_VARIANCE = 0.01;

/** Scale of a constant dimension, whose histogram would have no width. */
const LEAST_SCALE = 1e-6;

/** The aggregate posterior q(z), the mean over the data of q(z|x), set against the prior N(0, I). */
export interface PosteriorStatistics {
  readonly dimensions: number;
  readonly mean: Float64Array;
  /** Of q(z): the covariance of the means plus the mean of the variances. */
  readonly covariance: Float64Array;
  /** Mean KL(q(z|x) ‖ p(z)) of each dimension in nats; absent if the encoder is deterministic. */
  readonly kl?: Float64Array;
  /** Whether each dimension is an active unit. */
  readonly active: readonly boolean[];
  /**
   * Centers of the histograms: 0 for a prior, else the mean of q(z). {@link scales} are 1, or its standard deviation.
   */
  readonly centers: Float64Array;
  readonly scales: Float64Array;
  /** Densities over (z − center) / scale, as [dimensions, bins]: comparable with a standard normal's. */
  readonly histograms: Float32Array;
  /** Dimensions by descending KL, or by descending variance without KL. */
  readonly order: readonly number[];
}

/**
 * @param logVariances of q(z|x), shaped as `latents`; the histograms then count one draw per point
 * @param prior whether there is one; without it, each dimension has its own center and scale
 */
export function posteriorStatistics(latents: Vectors, logVariances?: Float32Array, prior = true): PosteriorStatistics {
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
  const deviation = (d: number) => Math.max(LEAST_SCALE, Math.sqrt(covariance[d * dimensions + d]!));
  const centers = prior ? new Float64Array(dimensions) : mean;
  const scales = Float64Array.from(mean, (_, d) => (prior ? 1 : deviation(d)));
  return {
    dimensions,
    mean,
    covariance,
    kl,
    active,
    centers,
    scales,
    histograms: histograms(latents, logVariances, centers, scales),
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

function histograms(
  { count, dimensions, data }: Vectors,
  logVariances: Float32Array | undefined,
  centers: Float64Array,
  scales: Float64Array,
): Float32Array {
  const counts = new Uint32Array(dimensions * HISTOGRAM_BINS);
  const width = (2 * HISTOGRAM_REACH) / HISTOGRAM_BINS;
  const random = seededRandom(7);
  for (let i = 0; i < data.length; i += dimensions) {
    const noise = logVariances ? normalDraws(dimensions, random) : undefined;
    for (let d = 0; d < dimensions; d++) {
      const deviation = noise && logVariances ? noise[d]! * Math.exp(logVariances[i + d]! / 2) : 0;
      const bin = Math.floor(((data[i + d]! + deviation - centers[d]!) / scales[d]! + HISTOGRAM_REACH) / width);
      if (Number.isNaN(bin)) continue;
      counts[d * HISTOGRAM_BINS + Math.min(HISTOGRAM_BINS - 1, Math.max(0, bin))]!++;
    }
  }
  return Float32Array.from(counts, (number) => number / (count * width));
}
