import type { StatisticsBatch } from '../protocol/tensors';
import { sentenceOf } from './sentence';
import { statisticsOf } from './statistics';
import { readable, type TensorFile } from './tensorFile';

/**
 * Statistics of tensors, by their indices: one message per tensor would take longer than measuring a small one. A tensor that
 * cannot be measured gets the reason, and does not stop the others. Rejects when the signal is aborted.
 */
export async function statisticsOfMany(
  file: TensorFile,
  indices: readonly number[],
  signal: AbortSignal,
): Promise<StatisticsBatch> {
  const each: StatisticsBatch['each'][number][] = [];
  const all: Float64Array[] = [];
  for (const index of indices) {
    signal.throwIfAborted();
    try {
      const { counts, ...others } = await statisticsOf(readable(file, index), signal);
      each.push({ statistics: { ...others, bins: counts.length } });
      all.push(counts);
    } catch (error) {
      signal.throwIfAborted();
      each.push({ problem: sentenceOf(error) });
    }
  }
  return { each, counts: joined(all) };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
