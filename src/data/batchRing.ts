/** Number of prefetched batches. */
const SLOTS = 4;
const enum At {
  /** The next step to be read; earlier ones are no longer needed. */
  Wanted = 0,
  /** Incremented when the reader jumps, which invalidates prefetched batches. */
  Leap = 1,
  /** Set by the reader when it is done, and by the writer when it failed. */
  Ended = 2,
  /** The step that each slot holds, plus one. */
  Slots = 3,
}

/** The memory shared by the two threads. */
export interface SharedRing {
  readonly control: SharedArrayBuffer;
  readonly numbers: SharedArrayBuffer;
  /** Number of values of a batch. */
  readonly length: number;
}

export function createRing(length: number): SharedRing {
  return {
    control: new SharedArrayBuffer((At.Slots + SLOTS) * Int32Array.BYTES_PER_ELEMENT),
    numbers: new SharedArrayBuffer(SLOTS * length * Float32Array.BYTES_PER_ELEMENT),
    length,
  };
}

/** Timeout for a batch; preparing one takes milliseconds. */
const PATIENCE_MILLISECONDS = 30_000;

/** The consumer, in the training thread: takes batches by step, mostly consecutively. */
export class RingReader {
  private readonly control: Int32Array;
  private readonly slots: readonly Float32Array[];
  private last = -1;

  constructor({ control, numbers, length }: SharedRing) {
    this.control = new Int32Array(control);
    this.slots = slotsOf(numbers, length);
  }

  /** The batch of a step, valid until the next call. Throws if the producer has failed. */
  take(step: number): Float32Array {
    const { control } = this;
    Atomics.store(control, At.Wanted, step);
    if (step !== this.last + 1) Atomics.add(control, At.Leap, 1);
    Atomics.notify(control, At.Wanted);
    this.last = step;
    const slot = step % SLOTS;
    const deadline = performance.now() + PATIENCE_MILLISECONDS;
    for (;;) {
      const holds = Atomics.load(control, At.Slots + slot);
      if (holds === step + 1) return this.slots[slot]!;
      if (Atomics.load(control, At.Ended) !== 0 || performance.now() > deadline) {
        throw new Error(`The data thread has not delivered step ${step}.`);
      }
      Atomics.wait(control, At.Slots + slot, holds, 1000);
    }
  }

  end(): void {
    Atomics.store(this.control, At.Ended, 1);
    Atomics.notify(this.control, At.Wanted);
  }
}

/** The producer: prefetches into free slots until it is told to stop. `fill` writes the batch of a step. */
export function fillRing(
  { control: shared, numbers, length }: SharedRing,
  fill: (step: number, into: Float32Array) => void,
): void {
  const control = new Int32Array(shared);
  const slots = slotsOf(numbers, length);
  let [next, leap] = [0, -1];
  while (Atomics.load(control, At.Ended) === 0) {
    const wanted = Atomics.load(control, At.Wanted);
    const leaps = Atomics.load(control, At.Leap);
    if (leaps !== leap || next < wanted) [next, leap] = [wanted, leaps];
    if (next >= wanted + SLOTS) {
      Atomics.wait(control, At.Wanted, wanted, 1000);
      continue;
    }
    const slot = next % SLOTS;
    const mark = (value: number) => {
      Atomics.store(control, At.Slots + slot, value);
      Atomics.notify(control, At.Slots + slot);
    };
    const held = Atomics.load(control, At.Slots + slot);
    if (held !== next + 1) {
      // If the reader jumps back, it may need what the slot holds: either it sees that the slot is being refilled, or
      // its jump is seen here.
      mark(0);
      if (Atomics.load(control, At.Leap) !== leap) {
        mark(held);
        continue;
      }
      try {
        fill(next, slots[slot]!);
      } catch (error) {
        Atomics.store(control, At.Ended, 1);
        Atomics.notify(control, At.Slots + slot);
        throw error;
      }
      mark(next + 1);
    }
    next += 1;
  }
}

function slotsOf(numbers: SharedArrayBuffer, length: number): Float32Array[] {
  const bytes = length * Float32Array.BYTES_PER_ELEMENT;
  return Array.from({ length: SLOTS }, (_, slot) => new Float32Array(numbers, slot * bytes, length));
}
