import type { Pixels } from '../model/pixels';

/** Size of a GIF's color table. */
export const COLORS = 256;
/** Leading bits of red, green and blue that distinguish colors if there are more. */
const BITS = 5;
const LEVELS = 2 ** BITS;

export interface Palette {
  /** 0xrrggbb, at most 256. */
  readonly colors: readonly number[];
  /** Index of the entry for a color of the images, 0xrrggbb. */
  indexOf(color: number): number;
}

/** Cells of the color cube with at least one pixel, from `begin` to `end` in a common order. */
interface Box {
  readonly begin: number;
  readonly end: number;
  /** The longest channel, as the shift of its bits, and its length. */
  readonly shift: number;
  readonly length: number;
}

/**
 * The colors of images: all if they are at most 256, as in gray images; else 256 representatives by median cut
 * (Heckbert 1982), which halves the pixels of the color cube along its longest side.
 */
export function paletteOf(images: readonly Pixels[]): Palette {
  const known = new Map<number, number>();
  for (const image of images) {
    for (let i = 0; i < image.width * image.height && known.size <= COLORS; i++) {
      const color = colorAt(image, i);
      if (!known.has(color)) known.set(color, known.size);
    }
  }
  if (known.size <= COLORS) return { colors: [...known.keys()], indexOf: (color) => known.get(color) ?? 0 };
  return medianCut(images);
}

/** One pixel as 0xrrggbb. */
export function colorAt({ data, channels }: Pixels, pixel: number): number {
  const at = pixel * channels;
  const red = data[at]!;
  return channels === 3 ? (red << 16) | (data[at + 1]! << 8) | data[at + 2]! : (red << 16) | (red << 8) | red;
}

function medianCut(images: readonly Pixels[]): Palette {
  const counts = new Uint32Array(LEVELS ** 3);
  const sums = [new Float64Array(counts.length), new Float64Array(counts.length), new Float64Array(counts.length)];
  for (const image of images) {
    for (let i = 0; i < image.width * image.height; i++) {
      const color = colorAt(image, i);
      const cell = cellOf(color);
      counts[cell]!++;
      sums[0]![cell]! += color >> 16;
      sums[1]![cell]! += (color >> 8) & 255;
      sums[2]![cell]! += color & 255;
    }
  }
  const cells = Uint16Array.from(counts.keys()).filter((cell) => counts[cell]! > 0);
  const boxes = [boxOf(cells, 0, cells.length)];
  while (boxes.length < COLORS) {
    const longest = boxes.reduce((best, box, i) => (box.length > boxes[best]!.length ? i : best), 0);
    const box = boxes[longest]!;
    if (box.length === 0) break;
    const middle = halve(cells, box, counts);
    boxes.splice(longest, 1, boxOf(cells, box.begin, middle), boxOf(cells, middle, box.end));
  }
  const lookup = new Uint8Array(counts.length);
  const colors = boxes.map(({ begin, end }, index) => {
    const inside = cells.subarray(begin, end);
    inside.forEach((cell) => (lookup[cell] = index));
    const total = inside.reduce((sum, cell) => sum + counts[cell]!, 0);
    const mean = (sum: Float64Array) => Math.round(inside.reduce((all, cell) => all + sum[cell]!, 0) / total);
    return (mean(sums[0]!) << 16) | (mean(sums[1]!) << 8) | mean(sums[2]!);
  });
  return { colors, indexOf: (color) => lookup[cellOf(color)]! };
}

function cellOf(color: number): number {
  const level = (value: number) => (value & 255) >> (8 - BITS);
  return (level(color >> 16) << (2 * BITS)) | (level(color >> 8) << BITS) | level(color);
}

const levelOf = (cell: number, shift: number) => (cell >> shift) & (LEVELS - 1);

function boxOf(cells: Uint16Array, begin: number, end: number): Box {
  let [shift, length] = [0, 0];
  for (const channel of [2 * BITS, BITS, 0]) {
    let [least, most] = [LEVELS, 0];
    for (let i = begin; i < end; i++) {
      const level = levelOf(cells[i]!, channel);
      least = Math.min(least, level);
      most = Math.max(most, level);
    }
    if (most - least > length) [shift, length] = [channel, most - least];
  }
  return { begin, end, shift, length };
}

/** Orders the cells of a box along its longest channel. Returns where the second half of its pixels begins. */
function halve(cells: Uint16Array, { begin, end, shift }: Box, counts: Uint32Array): number {
  const inside = cells.subarray(begin, end).sort((a, b) => levelOf(a, shift) - levelOf(b, shift));
  const total = inside.reduce((sum, cell) => sum + counts[cell]!, 0);
  let middle = begin;
  for (let passed = 0; middle < end - 1 && passed + counts[cells[middle]!]! <= total / 2; middle++) {
    passed += counts[cells[middle]!]!;
  }
  return Math.max(begin + 1, middle);
}
