import { continues } from '../playhead';

interface Entry<V> {
  readonly tag: string;
  readonly value: Promise<V>;
  bytes: number;
}

/** Cache of recently shown values of the log, by tag and step; the oldest are evicted when the budget is exceeded. */
export class StepCache<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private readonly known = new Map<string, Float64Array>();
  private bytes = 0;

  /** @param request asks for a value; {@link get} rejects with the same error */
  constructor(
    private readonly request: (tag: string, step: number) => Promise<V>,
    private readonly bytesOf: (value: V) => number,
    private readonly budget: number,
  ) {}

  get(tag: string, step: number): Promise<V> {
    const key = `${step} ${tag}`;
    const known = this.entries.get(key);
    if (known) {
      // Moves to the end of the map's order, which is the order of use.
      this.entries.delete(key);
      this.entries.set(key, known);
      return known.value;
    }
    const entry: Entry<V> = { tag, bytes: 0, value: this.request(tag, step) };
    this.entries.set(key, entry);
    entry.value.then(
      (value) => this.account(key, entry, this.bytesOf(value)),
      // Failures are not cached: the next attempt may succeed.
      () => this.entries.get(key) === entry && this.entries.delete(key),
    );
    return entry.value;
  }

  /**
   * Drops the values of a tag whose log was cut back, since other values now have the same steps; returns whether it
   * was.
   */
  noteSteps(tag: string, steps: Float64Array): boolean {
    const before = this.known.get(tag);
    if (before === steps) return false;
    this.known.set(tag, steps);
    if (before === undefined || continues(before, steps)) return false;
    for (const [key, entry] of this.entries) if (entry.tag === tag) this.drop(key, entry);
    return true;
  }

  private account(key: string, entry: Entry<V>, bytes: number): void {
    if (this.entries.get(key) !== entry) return;
    entry.bytes = bytes;
    this.bytes += bytes;
    for (const [oldKey, old] of this.entries) {
      if (this.bytes <= this.budget || old === entry) break;
      if (old.bytes > 0) this.drop(oldKey, old);
    }
  }

  /** Leaves the value to the garbage collector: a panel may be about to draw it. */
  private drop(key: string, entry: Entry<V>): void {
    this.entries.delete(key);
    this.bytes -= entry.bytes;
  }
}
