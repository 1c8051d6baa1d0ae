import { uniforms } from '../../engine/random/philox';

export interface Estimate {
  readonly value: number;
  /** Its standard error, by the bootstrap. */
  readonly error: number;
}

/** Enough for an error of the error of some 16 %: 1/√(2 · 20). */
const RESAMPLES = 20;
const STREAM = 0x4300_0000;

/**
 * The standard error of a statistic: its standard deviation over draws of as many examples with replacement (Efron 1979). A
 * pure function of its arguments.
 *
 * @param counts number of examples in each set that the statistic takes
 * @param statistic of examples chosen by their rows in each set
 */
export function* bootstrapError(
  counts: readonly number[],
  statistic: (...rows: readonly Int32Array[]) => number,
): Generator<void, number, void> {
  const values: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    values.push(statistic(...counts.map((count, set) => drawRows(count, set, resample))));
    yield;
  }
  return standardDeviation(values);
}

function drawRows(count: number, set: number, resample: number): Int32Array {
  return Int32Array.from(uniforms(count, set, STREAM, resample), (draw) => Math.floor(draw * count));
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
