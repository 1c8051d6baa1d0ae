/**
 * Answers only the newest of many wishes: while one is on its way, the next replaces the one that waits. So a drag asks for
 * no more than can be answered, and what is shown is never older than one answer.
 */
export class Latest<T> {
  private running = false;
  private waiting: { readonly wish: T } | undefined;

  /** @param rested is told when the newest wish was fulfilled and none waits */
  constructor(
    private readonly fulfil: (wish: T) => Promise<void>,
    private readonly rested: (wish: T) => void = () => undefined,
  ) {}

  /** Whether nothing is on its way. */
  get idle(): boolean {
    return !this.running;
  }

  /** Whether something newer is wanted than what is on its way. */
  get outdated(): boolean {
    return this.waiting !== undefined;
  }

  want(wish: T): void {
    this.waiting = { wish };
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    let last: T | undefined;
    this.running = true;
    try {
      while (this.waiting) {
        const { wish } = this.waiting;
        this.waiting = undefined;
        last = wish;
        await this.fulfil(wish);
      }
    } finally {
      this.running = false;
    }
    if (last !== undefined) this.rested(last);
  }
}
