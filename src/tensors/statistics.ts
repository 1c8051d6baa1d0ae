import type { TensorStatistics } from '../protocol/tensors';
import type { Numbers } from './encoding';
import { numberCount, streamNumbers, type ReadableTensor } from './numberStream';

export const HISTOGRAM_BINS = 64;

/** Sums of what has come so far, of values minus `shift`: a large mean would cost the variance its digits. */
interface Moments {
  shift: number | undefined;
  minimum: number;
  maximum: number;
  sum: number;
  squares: number;
  zeros: number;
  finite: number;
  nan: number;
  infinite: number;
}

/**
 * Statistics of all values of a tensor, which streams by twice: once for the range and the moments, once for the
 * histogram. Sums are in double precision. Rejects when the signal is aborted.
 */
export async function statisticsOf(tensor: ReadableTensor, signal: AbortSignal): Promise<TensorStatistics> {
  const moments: Moments = {
    ...{ shift: undefined, minimum: Infinity, maximum: -Infinity, sum: 0, squares: 0 },
    ...{ zeros: 0, finite: 0, nan: 0, infinite: 0 },
  };
  const elements = numberCount(tensor);
  // Of a small tensor the one chunk does for both passes.
  let whole: Numbers | undefined;
  await streamNumbers(tensor, signal, (numbers) => {
    if (numbers.length === elements) whole = numbers;
    addMoments(moments, numbers);
  });
  const { shift = 0, finite, sum, squares, minimum, maximum, zeros, nan, infinite } = moments;
  const counts = new Float64Array(finite > 0 ? HISTOGRAM_BINS : 0);
  const count = (numbers: Numbers) => addCounts(counts, numbers, minimum, maximum);
  if (finite > 0) {
    if (whole !== undefined) count(whole);
    else await streamNumbers(tensor, signal, count);
  }
  const offset = sum / finite;
  const variance = Math.max(0, squares / finite - offset * offset);
  return {
    ...{ elements, zeros, nan, infinite, counts },
    minimum: finiteOrNull(minimum),
    maximum: finiteOrNull(maximum),
    mean: finiteOrNull(shift + offset),
    deviation: finiteOrNull(Math.sqrt(variance)),
    norm: finiteOrNull(Math.sqrt(Math.max(0, squares + 2 * shift * sum + finite * shift * shift))),
  };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function addMoments(moments: Moments, numbers: Numbers): void {
  moments.shift ??= firstFinite(numbers);
  // Locals: the loop runs some hundred million times a second only over these.
  const shift = moments.shift ?? 0;
  let { minimum, maximum, sum, squares, zeros, finite } = moments;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    // Neither NaN nor infinite minus itself is 0.
    if (value - value !== 0) continue;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    if (value === 0) zeros++;
    const distance = value - shift;
    sum += distance;
    squares += distance * distance;
    finite++;
  }
  if (finite - moments.finite < numbers.length) addOthers(moments, numbers);
  Object.assign(moments, { minimum, maximum, sum, squares, zeros, finite });
}

function firstFinite(numbers: Numbers): number | undefined {
  for (let i = 0; i < numbers.length; i++) if (Number.isFinite(numbers[i])) return numbers[i];
  return undefined;
}

function addOthers(moments: Moments, numbers: Numbers): void {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (Number.isNaN(value)) moments.nan++;
    else if (value - value !== 0) moments.infinite++;
  }
}

function addCounts(counts: Float64Array, numbers: Numbers, minimum: number, maximum: number): void {
  const last = counts.length - 1;
  // Halves: the distance of the two largest doubles of either sign is not finite.
  const low = minimum / 2;
  const scale = counts.length / (maximum / 2 - low);
  const usable = Number.isFinite(scale) ? scale : 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (value - value !== 0) continue;
    const bin = ((value / 2 - low) * usable) | 0;
    counts[bin > last ? last : bin]!++;
  }
}
