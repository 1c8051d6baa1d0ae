import { Emitter } from '../../../src/common/emitter';

/**
 * Shared state in named slices. Parts read `state`, subscribe to the slices that they show, and write with
 * {@link update}. A subscriber always reads the newest state, so the order of subscribers is irrelevant.
 */
export class Store<S extends object> {
  private readonly changed = new Emitter<ReadonlySet<keyof S>>();
  private current: S;

  constructor(initial: S) {
    this.current = initial;
  }

  get state(): Readonly<S> {
    return this.current;
  }

  /** Replaces slices together; their subscribers are called once, and not at all if every value is the same. */
  update(values: Partial<S>): void {
    const keys = Object.keys(values) as (keyof S)[];
    const changed = keys.filter((key) => !Object.is(values[key], this.current[key]));
    if (changed.length === 0) return;
    this.current = { ...this.current, ...values };
    this.changed.fire(new Set(changed));
  }

  /** Calls `listener` after each change of at least one of the slices, with all slices changed together. */
  on(slices: readonly (keyof S)[], listener: (changed: ReadonlySet<keyof S>) => void): void {
    this.changed.event((changed) => {
      if (slices.some((slice) => changed.has(slice))) listener(changed);
    });
  }
}
