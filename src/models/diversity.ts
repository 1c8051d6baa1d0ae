import { DIVERSITY_METRIC } from '../protocol/sampleMetrics';
import type { SampleMetric } from './model';

/** Enough for the mean over them to hold still within some hundredths, at 30 ms for digits. */
const SAMPLES = 250;
/** Numbers of each example that distances are taken over; of larger examples evenly spaced ones stand for all. */
const MOST_NUMBERS = 1024;

/**
 * How far a sample is from the sample nearest to it, relative to the same among as many test examples: mean over samples, Euclidean.
 * About 1 where samples are as different as data; towards 0 where many are nearly the same, be it one mode or a few that repeat, as
 * in the birthday test of Arora, Risteski & Zhang ("Do GANs learn the distribution?", 2018), which looks for such pairs. 1 where the data
 * themselves do not differ.
 */
export const sampleDiversity: SampleMetric = {
  samples: SAMPLES,
  finish(samples, test) {
    // A small test set is repeated, and a repetition is no neighbor.
    const data = meanNearest(test, (distance) => distance > 0);
    return { [DIVERSITY_METRIC]: data > 0 ? meanNearest(samples, () => true) / data : 1 };
  },
};

/** Mean distance of each row of `values` [250, …] to its nearest other row that counts; 0 where none does. */
function meanNearest(values: Float32Array, counts: (distance: number) => boolean): number {
  const size = values.length / SAMPLES;
  const stride = Math.ceil(size / MOST_NUMBERS);
  const nearest = new Float64Array(SAMPLES).fill(Infinity);
  for (let row = 0; row < SAMPLES; row++) {
    for (let other = 0; other < row; other++) {
      let square = 0;
      for (let i = 0; i < size; i += stride) square += (values[row * size + i]! - values[other * size + i]!) ** 2;
      const distance = Math.sqrt(square);
      if (!counts(distance)) continue;
      nearest[row] = Math.min(nearest[row]!, distance);
      nearest[other] = Math.min(nearest[other]!, distance);
    }
  }
  return nearest.reduce((sum, distance) => sum + (distance === Infinity ? 0 : distance), 0) / SAMPLES;
}
