/**
 * Handles only the newest request: while one is in flight, a new one replaces the one that waits. A drag thus sends no
 * more requests than can be answered, and its result is at most one answer old.
 */
export class Latest<T> {
  private running = false;
  private waiting: { readonly request: T } | undefined;

  /** @param rested called with the last request when none is in flight or waits */
  constructor(
    private readonly handle: (request: T) => Promise<void>,
    private readonly rested: (request: T) => void = () => undefined,
  ) {}

  /** Whether no request is in flight. */
  get idle(): boolean {
    return !this.running;
  }

  /** Whether a newer request waits. */
  get outdated(): boolean {
    return this.waiting !== undefined;
  }

  want(request: T): void {
    this.waiting = { request };
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    let last: T | undefined;
    this.running = true;
    try {
      while (this.waiting) {
        const { request } = this.waiting;
        this.waiting = undefined;
        last = request;
        await this.handle(request);
      }
    } finally {
      this.running = false;
    }
    if (last !== undefined) this.rested(last);
  }
}
