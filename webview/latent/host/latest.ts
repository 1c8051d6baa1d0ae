/**
 * Answers only the newest of many wishes: while one is on its way, the next replaces the one that waits. So a drag asks for
 * no more than can be answered, and what is shown is never older than one answer.
 */
export class Latest<T> {
  private running = false;
  private waiting: { readonly wish: T } | undefined;

  constructor(private readonly fulfil: (wish: T) => Promise<void>) {}

  /** Whether nothing is on its way. */
  get idle(): boolean {
    return !this.running;
  }

  want(wish: T): void {
    this.waiting = { wish };
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.waiting) {
        const { wish } = this.waiting;
        this.waiting = undefined;
        await this.fulfil(wish);
      }
    } finally {
      this.running = false;
    }
  }
}
