import type { Pixels } from './pixels';

/** Bytes of a chunk, about, and of all that are kept. */
const CHUNK_BYTES = 768 * 1024;
const BUDGET_BYTES = 256 * 1024 * 1024;
const MOST_IMAGES_A_CHUNK = 2_048;

/**
 * The images of the points, in chunks. All are fetched in the background, so that a picture is there when a point is
 * hovered; one that is wanted now goes before the others. What would not fit into the budget is fetched when it is wanted.
 */
export class ImageStore {
  private readonly chunks = new Map<number, readonly Pixels[]>();
  private readonly failed = new Set<number>();
  private readonly perChunk: number;
  private readonly mostChunks: number;
  private wanted: number[] = [];
  private fetching = false;
  private next = 0;
  private disposed = false;

  /**
   * @param count of the points
   * @param ask brings the images of `count` points from `begin` on
   * @param arrived is called when images have come
   */
  constructor(
    private readonly count: number,
    imageBytes: number,
    private readonly ask: (begin: number, count: number) => Promise<readonly Pixels[]>,
    private readonly arrived: () => void,
  ) {
    this.perChunk = Math.max(1, Math.min(MOST_IMAGES_A_CHUNK, Math.floor(CHUNK_BYTES / imageBytes)));
    this.mostChunks = Math.max(8, Math.floor(BUDGET_BYTES / (this.perChunk * imageBytes)));
  }

  /** The image of a point; undefined while it is fetched. */
  get(index: number): Pixels | undefined {
    const number = Math.floor(index / this.perChunk);
    const chunk = this.chunks.get(number);
    if (chunk) return chunk[index - number * this.perChunk];
    if (index < this.count && !this.failed.has(number) && !this.wanted.includes(number)) {
      this.wanted = [number, ...this.wanted].slice(0, 64);
      void this.fetchAll();
    }
    return undefined;
  }

  /** Fetches those that nobody has asked for yet, as far as they fit. */
  prefetch(): void {
    void this.fetchAll();
  }

  dispose(): void {
    this.disposed = true;
    this.chunks.clear();
  }

  private async fetchAll(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    try {
      for (let number = this.take(); number !== undefined && !this.disposed; number = this.take()) {
        await this.fetch(number);
        this.arrived();
      }
    } finally {
      this.fetching = false;
    }
  }

  private take(): number | undefined {
    const wanted = this.wanted.shift();
    if (wanted !== undefined) return wanted;
    const all = Math.min(Math.ceil(this.count / this.perChunk), this.mostChunks);
    while (this.next < all && (this.chunks.has(this.next) || this.failed.has(this.next))) this.next++;
    return this.next < all ? this.next++ : undefined;
  }

  private async fetch(number: number): Promise<void> {
    if (this.chunks.has(number)) return;
    const begin = number * this.perChunk;
    try {
      this.chunks.set(number, await this.ask(begin, Math.min(this.perChunk, this.count - begin)));
      const [oldest] = this.chunks.keys();
      if (this.chunks.size > this.mostChunks && oldest !== undefined) this.chunks.delete(oldest);
    } catch {
      // Not asked for again: the panel that needs a picture says that there is none.
      this.failed.add(number);
    }
  }
}
