import type { TensorStatistics } from '../protocol/tensors';
import type { Numbers } from './encoding';
import { numberCount, streamNumbers, type ReadableTensor } from './numberStream';

export const HISTOGRAM_BINS = 64;
/** Values per partial sum: added to a sum of millions of values, a single one would lose most of its digits. */
const BLOCK = 8192;

/** Of the finite values, except for the last two fields. */
interface Moments {
  minimum: number;
  maximum: number;
  sum: number;
  squares: number;
  zeros: number;
  finite: number;
  nan: number;
  infinite: number;
}

/** Statistics that require mean and range. */
interface Spread {
  readonly counts: Float64Array;
  /** Sums of the distances from the mean, which would be 0 without rounding, and of their squares. */
  distances: number;
  squares: number;
}

/**
 * Statistics of all values of a tensor, streamed twice: once for range, mean and norm, once for histogram and deviation,
 * which would otherwise lose precision for a large mean (Chan, Golub, LeVeque, Algorithms for Computing the Sample
 * Variance, 1983: the corrected two-pass algorithm). Sums are in double precision. Rejects when the
 * signal is aborted; `onProgress` receives fractions from 0 to 1, for a tensor of several parts.
 */
export async function statisticsOf(
  tensor: ReadableTensor,
  signal: AbortSignal,
  onProgress: (done: number) => void = () => undefined,
): Promise<TensorStatistics> {
  const moments: Moments = {
    ...{ minimum: Infinity, maximum: -Infinity, sum: 0, squares: 0 },
    ...{ zeros: 0, finite: 0, nan: 0, infinite: 0 },
  };
  const elements = numberCount(tensor);
  // For a small tensor, one chunk serves both passes.
  let whole: Numbers | undefined;
  await streamNumbers(tensor, signal, (numbers, from) => {
    if (numbers.length === elements) whole = numbers;
    else onProgress((from + numbers.length) / elements / 2);
    inBlocks(numbers, (block) => addMoments(moments, block));
  });
  const { finite, sum, squares, minimum, maximum, zeros, nan, infinite } = moments;
  const mean = sum / finite;
  const spread: Spread = { counts: new Float64Array(finite > 0 ? HISTOGRAM_BINS : 0), distances: 0, squares: 0 };
  const add = (block: Numbers) => addSpread(spread, block, moments, mean);
  if (whole !== undefined) inBlocks(whole, add);
  else if (finite > 0) {
    await streamNumbers(tensor, signal, (numbers, from) => {
      onProgress(0.5 + (from + numbers.length) / elements / 2);
      inBlocks(numbers, add);
    });
  }
  const variance = (spread.squares - (spread.distances * spread.distances) / finite) / finite;
  return {
    ...{ elements, zeros, nan, infinite, counts: spread.counts },
    minimum: finiteOrNull(minimum),
    maximum: finiteOrNull(maximum),
    mean: finiteOrNull(mean),
    deviation: finiteOrNull(Math.sqrt(Math.max(0, variance))),
    norm: finiteOrNull(Math.sqrt(squares)),
  };
}

function inBlocks(numbers: Numbers, add: (block: Numbers) => void): void {
  for (let from = 0; from < numbers.length; from += BLOCK) add(numbers.subarray(from, from + BLOCK));
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function addMoments(moments: Moments, numbers: Numbers): void {
  // Locals: the loop runs some hundred million times a second only over these.
  let { minimum, maximum } = moments;
  let [sum, squares, zeros, finite] = [0, 0, 0, 0];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    // Neither NaN nor infinite minus itself is 0.
    if (value - value !== 0) continue;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    if (value === 0) zeros++;
    sum += value;
    squares += value * value;
    finite++;
  }
  if (finite < numbers.length) addOthers(moments, numbers);
  moments.sum += sum;
  moments.squares += squares;
  moments.zeros += zeros;
  moments.finite += finite;
  Object.assign(moments, { minimum, maximum });
}

function addOthers(moments: Moments, numbers: Numbers): void {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (Number.isNaN(value)) moments.nan++;
    else if (value - value !== 0) moments.infinite++;
  }
}

function addSpread(spread: Spread, numbers: Numbers, { minimum, maximum }: Moments, mean: number): void {
  const { counts } = spread;
  const last = counts.length - 1;
  // Halves: the distance of the two largest doubles of either sign is not finite.
  const low = minimum / 2;
  const scale = counts.length / (maximum / 2 - low);
  const usable = Number.isFinite(scale) ? scale : 0;
  let [distances, squares] = [0, 0];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (value - value !== 0) continue;
    const bin = ((value / 2 - low) * usable) | 0;
    counts[bin > last ? last : bin]!++;
    const distance = value - mean;
    distances += distance;
    squares += distance * distance;
  }
  spread.distances += distances;
  spread.squares += squares;
}
