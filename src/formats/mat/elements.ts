import { inflateSync } from 'node:zlib';
import { FormatError } from '../error';

/** Types of elements that are no plain numbers, or that structure needs. */
export const TYPE = { int32: 5, uint32: 6, matrix: 14, compressed: 15 } as const;

/** An element: a tag and its data, from `start` up to `end`; the next one begins at `next`. */
export interface Element {
  readonly type: number;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** Deflate's maximum ratio, and the most that a variable may unpack to. */
const BEST_RATIO = 1040;
const LARGEST_UNPACKED = 512 * 1024 * 1024;

/** The elements of a MAT file, or of the unpacked bytes of one of them. */
export class MatBytes {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly bigEndian: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint32(at: number): number {
    return this.view.getUint32(at, !this.bigEndian);
  }

  /** The element that begins at a place and lies before `limit`. Throws {@link FormatError}. */
  elementAt(at: number, limit: number): Element {
    if (at + 8 > limit) throw truncated();
    const word = this.uint32(at);
    // A small element: length and type share the first word, and the data are the second.
    const small = word >>> 16;
    if (small !== 0) {
      if (small > 4) throw new FormatError('This MAT file is damaged: a small element has more than 4 bytes.');
      return { type: word & 0xffff, start: at + 4, end: at + 4 + small, next: at + 8 };
    }
    const start = at + 8;
    const end = start + this.uint32(at + 4);
    if (end > limit) throw truncated();
    // Compressed elements are not padded, and what fills up the last one may be missing.
    const next = word === TYPE.compressed ? end : Math.min(limit, start + 8 * Math.ceil((end - start) / 8));
    return { type: word, start, end, next };
  }

  /** The bytes in a compressed element, which are an element again. Throws {@link FormatError}. */
  unpacked({ start, end }: Element): MatBytes {
    const most = Math.min(LARGEST_UNPACKED, BEST_RATIO * (end - start) + 64);
    try {
      return new MatBytes(inflateSync(this.bytes.subarray(start, end), { maxOutputLength: most }), this.bigEndian);
    } catch {
      throw new FormatError('This MAT file is damaged: a compressed variable cannot be unpacked.');
    }
  }
}

function truncated(): FormatError {
  return new FormatError('This MAT file is truncated.');
}
