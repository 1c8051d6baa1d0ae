import type { Disposable } from '../../common/disposable';

/**
 * Collects events that happen close together and reports them at once: `wait` milliseconds after the first, and at
 * least `apart` milliseconds after the previous report.
 */
export class Gathering<T> implements Disposable {
  private readonly members = new Set<T>();
  private timer: NodeJS.Timeout | undefined;
  private last = -Infinity;

  constructor(
    private readonly wait: number,
    private readonly apart: number,
    private readonly give: (members: readonly T[]) => void,
  ) {}

  add(member: T): void {
    this.members.add(member);
    this.timer ??= setTimeout(() => this.flush(), Math.max(this.wait, this.last + this.apart - performance.now()));
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private flush(): void {
    this.timer = undefined;
    this.last = performance.now();
    const members = [...this.members];
    this.members.clear();
    this.give(members);
  }
}
