import type { ByteSource } from './byteSource';
import type { ReadableTensor } from './numberStream';

/** Size of the read-ahead buffer; larger requests bypass it. */
const BLOCK_BYTES = 256 * 1024;
const SMALL_BYTES = 64 * 1024;

/**
 * Reads adjacent small tensors together: a system call for each would take far longer than processing a few numbers. For
 * tensors in about the order of the file; the buffer lives as long as this object.
 */
export class ReadAhead {
  private last: { readonly source: ByteSource; readonly ahead: ByteSource } | undefined;

  /** The same tensor, read through this. */
  through(tensor: ReadableTensor): ReadableTensor {
    const { at } = tensor;
    return { ...tensor, at: { ...at, source: async () => this.over(await at.source()) } };
  }

  /** The buffered source, one at a time: members of an archive are each decompressed into a source of their own. */
  private over(source: ByteSource): ByteSource {
    if (this.last?.source !== source) this.last = { source, ahead: new AheadSource(source) };
    return this.last.ahead;
  }
}

class AheadSource implements ByteSource {
  private block = new Uint8Array(0);
  private start = 0;

  constructor(private readonly whole: ByteSource) {}

  get size(): number {
    return this.whole.size;
  }

  async read(into: Uint8Array, position: number): Promise<void> {
    const small = into.length <= SMALL_BYTES && position >= 0 && position + into.length <= this.size;
    if (small && !this.holds(position, into.length)) await this.fill(position);
    // If reading ahead fails, as in a truncated file, the requested part may still be readable.
    if (!small || !this.holds(position, into.length)) return this.whole.read(into, position);
    into.set(this.block.subarray(position - this.start, position - this.start + into.length));
  }

  /** The source is its owner's. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  private holds(position: number, length: number): boolean {
    return position >= this.start && position + length <= this.start + this.block.length;
  }

  private async fill(position: number): Promise<void> {
    const block = new Uint8Array(Math.min(BLOCK_BYTES, this.size - position));
    try {
      await this.whole.read(block, position);
      [this.block, this.start] = [block, position];
    } catch {
      this.block = new Uint8Array(0);
    }
  }
}
