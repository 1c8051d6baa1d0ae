import { describe, expect, it } from 'vitest';
import { normalDraws, seededRandom } from '../../../../webview/latent/maths/random';
import {
  HISTOGRAM_BINS,
  HISTOGRAM_REACH,
  klByDimension,
  posteriorStatistics,
} from '../../../../webview/latent/maths/posterior';
import { vectors } from '../../../../webview/latent/maths/vectors';

const COUNT = 20_000;

describe('the aggregate posterior', () => {
  it('is the prior where means and variances make it so', () => {
    // Means of variance ¾ and a variance of ¼ around each add up to a standard normal.
    const draws = normalDraws(COUNT * 2, seededRandom(2)).map((value) => Math.sqrt(0.75) * value);
    const latents = vectors(Float32Array.from(draws), 2);
    const { mean, covariance, histograms, active } = posteriorStatistics(
      latents,
      new Float32Array(COUNT * 2).fill(Math.log(0.25)),
    );
    expect(Math.abs(mean[0]!)).toBeLessThan(0.02);
    expect(covariance[0]).toBeCloseTo(1, 1);
    expect(covariance[1]).toBeCloseTo(0, 1);
    expect(active).toEqual([true, true]);
    const width = (2 * HISTOGRAM_REACH) / HISTOGRAM_BINS;
    const middle = HISTOGRAM_BINS / 2;
    expect(histograms[middle]).toBeCloseTo(0.398, 1);
    expect(histograms.subarray(0, HISTOGRAM_BINS).reduce((sum, value) => sum + value, 0) * width).toBeCloseTo(1, 4);
  });

  it('marks a dimension whose means do not vary, and puts it last', () => {
    const draws = normalDraws(COUNT, seededRandom(2)).flatMap((value) => [0.01 * value, value]);
    const { active, order, kl } = posteriorStatistics(
      vectors(Float32Array.from(draws), 2),
      Float32Array.from({ length: COUNT * 2 }, (_, i) => (i % 2 === 0 ? 0 : -3)),
    );
    expect(active).toEqual([false, true]);
    expect(order).toEqual([1, 0]);
    expect(kl![0]).toBeLessThan(0.001);
  });

  it('has no KL where the encoder gives no distribution, and orders by variance', () => {
    const draws = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i) * ((i % 3) + 1));
    const { kl, order } = posteriorStatistics(vectors(draws, 3));
    expect(kl).toBeUndefined();
    expect(order).toEqual([2, 1, 0]);
  });

  it('counts nats as the closed form does', () => {
    const latents = vectors(Float32Array.from([1, 0, -1, 2]), 2);
    const kl = klByDimension(latents, Float32Array.from([0, Math.log(4), 0, 0]));
    // ½·1 twice; ½(4 − 1 − log 4) and ½·4.
    expect(kl[0]).toBeCloseTo(0.5, 6);
    expect(kl[1]).toBeCloseTo(((4 - 1 - Math.log(4)) / 2 + 2) / 2, 6);
  });

  it('keeps what lies beyond the histogram in its outermost bins', () => {
    const { histograms } = posteriorStatistics(vectors(Float32Array.from([-99, 99, 99, NaN]), 1));
    expect(histograms[0]).toBeCloseTo(1 / 4 / ((2 * HISTOGRAM_REACH) / HISTOGRAM_BINS), 5);
    expect(histograms[HISTOGRAM_BINS - 1]).toBeCloseTo(2 / 4 / ((2 * HISTOGRAM_REACH) / HISTOGRAM_BINS), 5);
  });

  it('has histograms in the scale of the codes where there is no prior', () => {
    const draws = normalDraws(COUNT, seededRandom(2)).flatMap((value) => [30 + 12 * value, 0.001 * value]);
    const { centers, scales, histograms } = posteriorStatistics(vectors(Float32Array.from(draws), 2), undefined, false);
    expect(centers[0]).toBeCloseTo(30, 0);
    expect(scales[0]).toBeCloseTo(12, 0);
    // Whatever the scale, the density is that of a standard normal.
    for (const d of [0, 1]) {
      expect(histograms[d * HISTOGRAM_BINS + HISTOGRAM_BINS / 2]).toBeCloseTo(0.398, 1);
      expect(histograms[d * HISTOGRAM_BINS]).toBeLessThan(0.01);
    }
  });
});
