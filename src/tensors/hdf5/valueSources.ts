import { FormatError } from '../../formats/error';
import { readBytes, type ByteSource } from '../byteSource';
import { fillWith } from './chunkedSource';
import type { Numeric } from './numbers';

/** A data set that was never written: its fill value throughout. */
export class FillSource implements ByteSource {
  constructor(
    private readonly fill: Uint8Array,
    readonly size: number,
  ) {}

  async read(into: Uint8Array, position: number): Promise<void> {
    if (position + into.length > this.size) throw new FormatError('There are fewer values than its shape says.');
    const start = position % this.fill.length;
    const turned = Buffer.concat([this.fill.subarray(start), this.fill.subarray(0, start)]);
    fillWith(into, turned);
    await new Promise((resolve) => setImmediate(resolve));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Bytes of a source once they were made plain numbers, as many an element as those are. */
export class ConvertedSource implements ByteSource {
  /**
   * @param from bytes that one element has in `source`
   * @param to bytes that it has afterwards
   */
  constructor(
    private readonly source: ByteSource,
    private readonly convert: NonNullable<Numeric['convert']>,
    private readonly from: number,
    private readonly to: number,
  ) {}

  get size(): number {
    return (this.source.size / this.from) * this.to;
  }

  async read(into: Uint8Array, position: number): Promise<void> {
    const first = Math.floor(position / this.to);
    const elements = Math.ceil((position + into.length) / this.to) - first;
    const bytes = await readBytes(this.source, first * this.from, elements * this.from);
    const start = position - first * this.to;
    into.set(this.convert(bytes, elements).subarray(start, start + into.length));
  }

  close(): Promise<void> {
    return this.source.close();
  }
}
