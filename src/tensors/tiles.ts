import { largestMagnitude, tileLayouts, type TileLayout } from '../common/tileLayout';
import type { TensorTiles, TileQuery } from '../protocol/tensors';
import type { Numbers } from './encoding';
import { numberCount, streamNumbers, type ReadableTensor } from './numberStream';

/** Limits of a screen: further pictures are dropped, and larger ones downsampled. */
const MOST_TILES = 1024;
const MOST_VALUES = 2 * 1024 * 1024;
const LONGEST_SIDE = 1024;

/**
 * A tensor as pictures. It is streamed once for the norms and, if not all pictures can be shown, once more for those
 * with the largest norms; `onProgress` receives fractions from 0 to 1. Throws a RangeError for a layout that does not
 * apply to the shape.
 */
export async function tilesOf(
  tensor: ReadableTensor,
  { layout: index, sorted }: TileQuery,
  signal: AbortSignal,
  onProgress: (done: number) => void = () => undefined,
): Promise<TensorTiles> {
  const layout = tileLayouts(tensor.shape)[index];
  if (layout === undefined || tensor.type.startsWith('C')) throw new RangeError('This tensor has no such pictures.');
  if (layout.count === 1) return oneTile(tensor, layout, { signal, onProgress });
  const { width, height, channels, count: total } = layout;
  const pixels = width * height * channels;
  const squares = new Float64Array(total);
  const firstHalf = { signal, onProgress: (done: number) => onProgress(done / 2) };
  await walk(tensor, layout, firstHalf, (value, tile) => {
    if (value - value === 0) squares[tile]! += value * value;
  });
  const norms = squares.map(Math.sqrt);
  const shown = Math.max(1, Math.min(total, MOST_TILES, Math.floor(MOST_VALUES / pixels)));
  const indices = sorted ? largestFirst(norms, shown) : Float64Array.from({ length: shown }, (_, tile) => tile);
  const place = new Int32Array(total).fill(-1);
  indices.forEach((tile, i) => (place[tile] = i));
  const values = new Float32Array(shown * pixels);
  const secondHalf = { signal, onProgress: (done: number) => onProgress(0.5 + done / 2) };
  await walk(tensor, layout, secondHalf, (value, tile, pixel) => {
    const at = place[tile]!;
    if (at >= 0) values[at * pixels + pixel] = value;
  });
  const its = indices.map((tile) => norms[tile]!);
  return { width, height, channels, count: shown, total, indices, norms: its, values, scale: largestMagnitude(values) };
}

/**
 * The indices of the `count` largest norms, largest first; among equals the first one comes first. There may be
 * millions of norms, few of which are shown, so candidates are collected and pruned repeatedly instead of sorting all.
 */
function largestFirst(norms: Float64Array, count: number): Float64Array {
  const before = (a: number, b: number) => norms[b]! - norms[a]! || a - b;
  const kept: number[] = [];
  let bar = -1;
  for (let tile = 0; tile < norms.length; tile++) {
    if (norms[tile]! <= bar) continue;
    kept.push(tile);
    if (kept.length < 8 * count) continue;
    kept.sort(before).length = count;
    bar = norms[kept[count - 1]!]!;
  }
  return Float64Array.from(kept.sort(before).slice(0, count));
}

/** One picture, downsampled: each pixel is the value of largest magnitude of its block, so that no outlier is lost. */
async function oneTile(tensor: ReadableTensor, layout: TileLayout, reading: Reading): Promise<TensorTiles> {
  const block = (length: number) => Math.ceil(length / LONGEST_SIDE);
  const [across, down] = [block(layout.width), block(layout.height)];
  const [width, height] = [Math.ceil(layout.width / across), Math.ceil(layout.height / down)];
  const { channels } = layout;
  const values = new Float32Array(width * height * channels);
  let squares = 0;
  await walk(tensor, layout, reading, (value, _, pixel) => {
    if (value - value === 0) squares += value * value;
    const position = Math.floor(pixel / channels);
    const x = Math.floor((position % layout.width) / across);
    const y = Math.floor(Math.floor(position / layout.width) / down);
    const at = (y * width + x) * channels + (pixel % channels);
    // NaN stands out most, and stays.
    if (values[at] === values[at] && !(Math.abs(values[at]!) >= Math.abs(value))) values[at] = value;
  });
  const alone = { count: 1, total: 1, indices: new Float64Array(1), norms: Float64Array.of(Math.sqrt(squares)) };
  return { width, height, channels, ...alone, values, scale: largestMagnitude(values) };
}

interface Reading {
  readonly signal: AbortSignal;
  /** Progress of a tensor that is read in several parts, from 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** Hands out every value with the picture and the pixel that it belongs to, in stored order. */
async function walk(
  tensor: ReadableTensor,
  { tileStrides, pixelStrides }: TileLayout,
  { signal, onProgress }: Reading,
  visit: (value: number, tile: number, pixel: number) => void,
): Promise<void> {
  // Stored order: the last of these dimensions is the fastest.
  const dimensions = tensor.shape.map((size, i) => ({ size, tile: tileStrides[i]!, pixel: pixelStrides[i]! }));
  if (tensor.at.fortran) dimensions.reverse();
  const position = dimensions.map(() => 0);
  let [tile, pixel] = [0, 0];
  const last = dimensions.length - 1;
  const inner = dimensions[last]!;
  const advance = () => {
    for (let i = last; i >= 0; i--) {
      const { size, tile: tileStride, pixel: pixelStride } = dimensions[i]!;
      position[i]!++;
      tile += tileStride;
      pixel += pixelStride;
      if (position[i]! < size) return;
      position[i] = 0;
      tile -= tileStride * size;
      pixel -= pixelStride * size;
    }
  };
  const all = numberCount(tensor);
  await streamNumbers(tensor, signal, (numbers: Numbers, from) => {
    if (numbers.length < all) onProgress(from / all);
    for (let i = 0; i < numbers.length;) {
      // A run along the fastest dimension at a time; `advance` carries over at its end.
      const run = Math.min(numbers.length - i, inner.size - position[last]! - 1);
      for (const end = i + run; i < end; i++) {
        visit(numbers[i]!, tile, pixel);
        tile += inner.tile;
        pixel += inner.pixel;
      }
      position[last]! += run;
      if (i < numbers.length) {
        visit(numbers[i++]!, tile, pixel);
        advance();
      }
    }
  });
}
