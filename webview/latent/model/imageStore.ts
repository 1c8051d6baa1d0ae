import type { Pixels } from './pixels';

/** Approximate size of a chunk, which fits a socket's buffer, so that no request of a drag is queued behind it. */
const CHUNK_BYTES = 128 * 1024;
const BUDGET_BYTES = 256 * 1024 * 1024;
const MOST_IMAGES_A_CHUNK = 2_048;

/**
 * Cache of the points' images, in chunks. All are fetched in the background, so that a hovered point has its image;
 * requested chunks come first. Chunks beyond the budget are fetched on request only.
 */
export class ImageStore {
  private readonly chunks = new Map<number, readonly Pixels[]>();
  private readonly failed = new Set<number>();
  private readonly perChunk: number;
  private readonly mostChunks: number;
  private wanted: number[] = [];
  /** Pending {@link load} calls by chunk. */
  private readonly waiting = new Map<number, ((images: readonly Pixels[] | undefined) => void)[]>();
  private fetching = false;
  private next = 0;
  private disposed = false;
  /** Incremented by {@link forget}; an answer to an earlier request is discarded. */
  private generation = 0;

  /**
   * @param count number of points
   * @param ask requests the images of `count` points from `begin` on
   * @param arrived called when images have arrived
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

  /** Resolves with the image of a point; undefined if it is unavailable. */
  async load(index: number): Promise<Pixels | undefined> {
    const number = Math.floor(index / this.perChunk);
    const known = this.get(index);
    if (known || index >= this.count || this.failed.has(number) || this.disposed) return known;
    const images = await new Promise<readonly Pixels[] | undefined>((resolve) => {
      this.waiting.set(number, [...(this.waiting.get(number) ?? []), resolve]);
      void this.fetchAll();
    });
    return images?.[index - number * this.perChunk];
  }

  /** Fetches the remaining images in the background, within the budget. */
  prefetch(): void {
    void this.fetchAll();
  }

  /** Discards all images: those of draws are decoded, and change with the weights. */
  forget(): void {
    this.generation++;
    this.chunks.clear();
    this.failed.clear();
    [this.wanted, this.next] = [[], 0];
  }

  dispose(): void {
    this.disposed = true;
    this.chunks.clear();
    [...this.waiting.keys()].forEach((number) => this.settle(number));
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
    const [needed] = this.waiting.keys();
    if (needed !== undefined) return needed;
    const all = Math.min(Math.ceil(this.count / this.perChunk), this.mostChunks);
    while (this.next < all && (this.chunks.has(this.next) || this.failed.has(this.next))) this.next++;
    return this.next < all ? this.next++ : undefined;
  }

  private async fetch(number: number): Promise<void> {
    if (this.chunks.has(number)) return this.settle(number);
    const begin = number * this.perChunk;
    const { generation } = this;
    try {
      const images = await this.ask(begin, Math.min(this.perChunk, this.count - begin));
      if (generation !== this.generation) return;
      this.chunks.set(number, images);
      const [oldest] = this.chunks.keys();
      if (this.chunks.size > this.mostChunks && oldest !== undefined) this.chunks.delete(oldest);
    } catch {
      if (generation !== this.generation) return;
      // Not retried: the panel that needs the image reports that it is missing.
      this.failed.add(number);
    }
    this.settle(number);
  }

  /** Settles the pending calls for a chunk with its images, or with undefined. */
  private settle(number: number): void {
    const images = this.chunks.get(number);
    this.waiting.get(number)?.forEach((tell) => tell(images));
    this.waiting.delete(number);
  }
}
