import { setImmediate as breathe } from 'node:timers/promises';
import type { Slices } from '../../common/slices';

/**
 * Does all of the work, yielding to the event loop after each slice.
 *
 * @param onSlice called after each slice; what it throws ends the work
 */
export async function withBreaks<T>(work: Slices<T>, onSlice?: () => void): Promise<T> {
  for (;;) {
    const result = work.next();
    if (result.done === true) return result.value;
    onSlice?.();
    await breathe();
  }
}
