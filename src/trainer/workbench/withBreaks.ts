import { setImmediate as breathe } from 'node:timers/promises';
import type { Slices } from '../../common/slices';

/** Does all of the work, yielding to the event loop after each slice. */
export async function withBreaks<T>(work: Slices<T>): Promise<T> {
  for (;;) {
    const result = work.next();
    if (result.done === true) return result.value;
    await breathe();
  }
}
