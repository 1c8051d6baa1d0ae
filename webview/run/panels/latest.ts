import { ValueError } from '../../shared/host';

/** A failed request is repeated with the next update after this time: the host may have been restarting. */
const RETRY_MILLISECONDS = 1000;

/** One request at a time, always for what is currently wanted: a fast slider skips intermediate steps. */
export class Latest<V> {
  private wanted: { readonly key: string; readonly load: () => Promise<V> } | undefined;
  private shown: string | undefined;
  private loading = false;
  private disposed = false;
  private retryAt = Infinity;

  /** @param failed receives the reason, for users */
  constructor(
    private readonly take: (value: V) => void,
    private readonly failed: (reason: string) => void,
  ) {}

  /** @param load rejects with a {@link ValueError} */
  want(key: string, load: () => Promise<V>): void {
    if (this.wanted?.key === key && performance.now() < this.retryAt) return;
    this.retryAt = Infinity;
    this.wanted = { key, load };
    void this.run();
  }

  /** Invalidates the last result: the next request is sent even if it is for the same key. */
  forget(): void {
    this.wanted = undefined;
    this.shown = undefined;
  }

  dispose(): void {
    this.disposed = true;
    this.wanted = undefined;
  }

  private async run(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      while (this.wanted !== undefined && this.wanted.key !== this.shown) {
        const { key, load } = this.wanted;
        try {
          const value = await load();
          if (this.disposed) return;
          this.take(value);
          this.shown = key;
        } catch (error) {
          if (!(error instanceof ValueError)) throw error;
          if (this.disposed) return;
          if (this.isWanted(key)) {
            this.failed(error.message);
            this.retryAt = performance.now() + RETRY_MILLISECONDS;
            break;
          }
        }
      }
    } finally {
      this.loading = false;
    }
  }

  private isWanted(key: string): boolean {
    return this.wanted?.key === key;
  }
}
