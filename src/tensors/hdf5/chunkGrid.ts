import { FormatError } from '../../formats/error';

/** Location of one chunk's bytes. */
export interface Chunk {
  readonly address: number;
  /** Bytes in the file, after the filters. */
  readonly bytes: number;
  /** Bits of the filters that were left out. */
  readonly mask: number;
}

/** How a data set is cut into chunks. Chunks at the edges have their full size in the file. */
export class ChunkGrid {
  /** Chunks along each dimension. */
  readonly counts: readonly number[];

  /**
   * @param shape extents of the data set
   * @param chunk extents of a chunk
   * @param maximum extents that the data set may grow to; undefined for those without a limit
   * @param elementBytes bytes of an element in the file
   */
  constructor(
    readonly shape: readonly number[],
    readonly chunk: readonly number[],
    readonly maximum: readonly (number | undefined)[],
    readonly elementBytes: number,
  ) {
    if (chunk.length !== shape.length || chunk.some((extent) => extent < 1)) {
      throw new FormatError('its chunks have another number of dimensions');
    }
    this.counts = shape.map((extent, i) => Math.ceil(extent / chunk[i]!));
  }

  get chunkBytes(): number {
    return this.chunk.reduce((product, extent) => product * extent, this.elementBytes);
  }

  /** The number that a chunk is kept by, from its place in the grid; undefined outside of the data set. */
  key(place: readonly number[]): number | undefined {
    let key = 0;
    for (const [i, count] of this.counts.entries()) {
      const at = place[i] ?? -1;
      if (at < 0 || at >= count) return undefined;
      key = key * count + at;
    }
    return key;
  }

  /**
   * Keys in the order of an array that has room for the maximum extents, which the newer indexes are.
   *
   * @param unlimitedFirst an extensible array moves the one dimension without a limit to the front
   * @returns from a place of that array to the key; undefined outside of the data set
   */
  arrayOrder(unlimitedFirst: boolean): (index: number) => number | undefined {
    const unlimited = this.maximum.indexOf(undefined);
    const order = this.shape.map((_, i) => i);
    if (unlimitedFirst && unlimited > 0) order.unshift(...order.splice(unlimited, 1));
    const room = order.map((i) => Math.ceil((this.maximum[i] ?? 0) / this.chunk[i]!));
    return (index) => {
      const place: number[] = [];
      let rest = index;
      for (let i = order.length - 1; i >= 0; i--) {
        // The first dimension's extent plays no part in the order.
        const at = i === 0 ? rest : rest % room[i]!;
        rest = i === 0 ? 0 : Math.floor(rest / room[i]!);
        place[order[i]!] = at;
      }
      return this.key(place);
    };
  }
}
