import { plural } from '../../common/plural';
import { FormatError } from '../../formats/error';
import { readBytes, type ByteSource } from '../byteSource';
import type { Chunk, ChunkGrid } from './chunkGrid';
import type { FileBytes } from './fileBytes';
import { unfilter, type Filter } from './filters';

/** Of unpacked chunks that are kept for the next reading. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** A box of elements: `from` up to, but not including, `to` along each dimension. */
interface Box {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Values of a data set in chunks as if they lay in one piece, in C order; places without a chunk hold the fill value. */
export class ChunkedSource implements ByteSource {
  private readonly kept = new Map<number, Uint8Array>();
  private keptBytes = 0;

  constructor(
    private readonly file: FileBytes,
    private readonly grid: ChunkGrid,
    private readonly chunks: ReadonlyMap<number, Chunk>,
    private readonly filters: readonly Filter[],
    private readonly fill: Uint8Array,
  ) {}

  get size(): number {
    return this.grid.shape.reduce((product, extent) => product * extent, this.grid.elementBytes);
  }

  async read(into: Uint8Array, position: number): Promise<void> {
    const width = this.grid.elementBytes;
    const first = Math.floor(position / width);
    const end = Math.ceil((position + into.length) / width);
    if (position < 0 || position + into.length > this.size)
      throw new FormatError('There are fewer values than its shape says.');
    // Whole elements, since only these are in a chunk.
    const exact = first * width === position && (end - first) * width === into.length;
    const elements = exact ? into : new Uint8Array((end - first) * width);
    for (const box of boxesOf(this.grid.shape, first, end)) await this.readBox(box, elements, first);
    if (!exact) into.set(elements.subarray(position - first * width, position - first * width + into.length));
  }

  close(): Promise<void> {
    this.kept.clear();
    return Promise.resolve();
  }

  /** @param first the element that `into` begins with */
  private async readBox(box: Box, into: Uint8Array, first: number): Promise<void> {
    const { chunk } = this.grid;
    const low = box.from.map((from, i) => Math.floor(from / chunk[i]!));
    const high = box.to.map((to, i) => Math.ceil(to / chunk[i]!));
    for (const place of placesIn({ from: low, to: high })) {
      const start = place.map((at, i) => at * chunk[i]!);
      const from = start.map((at, i) => Math.max(at, box.from[i]!));
      const to = start.map((at, i) => Math.min(at + chunk[i]!, box.to[i]!));
      const bytes = await this.chunk(this.grid.key(place));
      this.copy(bytes, { from, to }, start, into, first);
    }
  }

  private copy(
    chunk: Uint8Array | undefined,
    box: Box,
    start: readonly number[],
    into: Uint8Array,
    first: number,
  ): void {
    const { shape, chunk: extents, elementBytes: width } = this.grid;
    const last = shape.length - 1;
    // Runs along the last dimension are contiguous, in the chunk as in the data set.
    const run = last < 0 ? 1 : box.to[last]! - box.from[last]!;
    const rows = { from: box.from, to: box.to.map((to, i) => (i === last ? box.from[i]! + 1 : to)) };
    for (const place of placesIn(rows)) {
      let [source, target] = [0, 0];
      for (let i = 0; i <= last; i++) {
        source = source * extents[i]! + place[i]! - start[i]!;
        target = target * shape[i]! + place[i]!;
      }
      const at = (target - first) * width;
      if (chunk === undefined) fillWith(into.subarray(at, at + run * width), this.fill);
      else into.set(chunk.subarray(source * width, (source + run) * width), at);
    }
  }

  /** An unpacked chunk; undefined for one that was never written. */
  private async chunk(key: number | undefined): Promise<Uint8Array | undefined> {
    const place = key === undefined ? undefined : this.chunks.get(key);
    if (key === undefined || place === undefined) return undefined;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const limit = this.grid.chunkBytes;
    // Filters make incompressible data slightly longer.
    if (place.bytes > 2 * limit + 1024) throw new FormatError('A chunk is larger than its values.');
    const packed = await readBytes(this.file.source, this.file.base + place.address, place.bytes);
    const bytes = await unfilter(packed, this.filters, place.mask, limit);
    if (bytes.length !== limit)
      throw new FormatError(`A chunk has ${plural(bytes.length, 'byte')} of values, not ${limit}.`);
    this.keep(key, bytes);
    return bytes;
  }

  private keep(key: number, bytes: Uint8Array): void {
    this.kept.set(key, bytes);
    this.keptBytes += bytes.length;
    for (const [oldest, { length }] of this.kept) {
      if (this.keptBytes <= KEPT_BYTES || oldest === key) break;
      this.kept.delete(oldest);
      this.keptBytes -= length;
    }
  }
}

/** A value over and over. */
export function fillWith(bytes: Uint8Array, value: Uint8Array): void {
  if (value.every((byte) => byte === 0)) bytes.fill(0);
  else for (let at = 0; at < bytes.length; at += value.length) bytes.set(value.subarray(0, bytes.length - at), at);
}

/** Every place of a box, in C order; the array is the caller's only until the next one comes. */
function* placesIn({ from, to }: Box): Generator<readonly number[]> {
  const place = [...from];
  if (from.some((at, i) => at >= to[i]!)) return;
  for (;;) {
    yield place;
    let i = place.length - 1;
    for (; i >= 0; i--) {
      if (++place[i]! < to[i]!) break;
      place[i] = from[i]!;
    }
    if (i < 0) return;
  }
}

/** Elements `first` to `end` in C order as boxes: whole rows, whole planes, and the remainders at both ends. */
function boxesOf(shape: readonly number[], first: number, end: number): Box[] {
  const boxes: Box[] = [];
  const add = (leading: readonly number[], dimension: number, from: number, to: number): void => {
    if (from >= to) return;
    if (dimension === shape.length) return void boxes.push({ from: leading, to: leading.map((at) => at + 1) });
    const below = shape.slice(dimension + 1).reduce((product, extent) => product * extent, 1);
    const [low, high] = [Math.ceil(from / below), Math.floor(to / below)];
    const slab = (start: number, stop: number, rest: readonly number[]): Box => ({
      from: [...leading, start, ...rest.map(() => 0)],
      to: [...leading.map((at) => at + 1), stop, ...rest],
    });
    if (low > high) {
      return add([...leading, high], dimension + 1, from - high * below, to - high * below);
    }
    if (from < low * below) add([...leading, low - 1], dimension + 1, from - (low - 1) * below, below);
    if (low < high) boxes.push(slab(low, high, shape.slice(dimension + 1)));
    if (high * below < to) add([...leading, high], dimension + 1, 0, to - high * below);
  };
  add([], 0, first, end);
  return boxes;
}
