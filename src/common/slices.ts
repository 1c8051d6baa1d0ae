/** Work that can be suspended at each `yield`, so that its thread can do something else in between. */
export type Slices<T> = Generator<void, T, void>;

/**
 * Continues the work for about this many milliseconds: at least one slice, and none that is expected to take longer.
 */
export function runFor<T>(work: Slices<T>, milliseconds: number): IteratorResult<void, T> {
  let now = performance.now();
  const end = now + milliseconds;
  for (;;) {
    const began = now;
    const result = work.next();
    now = performance.now();
    // The next slice is assumed to take as long as this one.
    if (result.done === true || now + (now - began) > end) return result;
  }
}

/** Does all of the work at once. */
export function runAll<T>(work: Slices<T>): T {
  for (;;) {
    const result = work.next();
    if (result.done === true) return result.value;
  }
}
