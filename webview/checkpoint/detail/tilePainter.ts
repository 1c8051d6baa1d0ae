import { largestMagnitude } from '../../../src/common/tileLayout';
import type { TensorTiles } from '../../../src/protocol/tensors';

/** The layout of a tensor's pictures on the canvas, in its own pixels. */
export interface TileGrid {
  readonly columns: number;
  readonly zoom: number;
  /** Distance between the left edges of neighboring pictures. */
  readonly pitchX: number;
  readonly pitchY: number;
  readonly width: number;
  readonly height: number;
}

export interface Palette {
  /** [red, green, blue], 8 bits each. */
  readonly positive: readonly [number, number, number];
  readonly negative: readonly [number, number, number];
  readonly zero: readonly [number, number, number];
}

const GAP = 2;
/** Minimum size of a small picture; a single one fills the width. */
const WANTED = 44;
const MOST_PIXELS = 16 * 1024 * 1024;

/** Lays out images in a canvas of a given width in pixels. */
export function gridOf(tiles: Pick<TensorTiles, 'width' | 'height' | 'count'>, across: number): TileGrid {
  const { width, height, count } = tiles;
  const alone = count === 1;
  const fitting = Math.max(1, Math.floor(across / width));
  let zoom = alone ? fitting : Math.min(fitting, Math.ceil((WANTED * devicePixelRatio) / Math.max(width, height)));
  if (alone) while (zoom > 1 && zoom * zoom * width * height > MOST_PIXELS) zoom--;
  if (alone) zoom = Math.min(zoom, 48);
  const gap = alone ? 0 : Math.round(GAP * devicePixelRatio);
  const [pitchX, pitchY] = [width * zoom + gap, height * zoom + gap];
  const columns = Math.max(1, Math.min(count, Math.floor((across + gap) / pitchX)));
  const rows = Math.ceil(count / columns);
  return { columns, zoom, pitchX, pitchY, width: columns * pitchX - gap, height: rows * pitchY - gap };
}

/** Index of the image at a position of the canvas; undefined between and after them. */
export function tileAt(grid: TileGrid, tiles: TensorTiles, x: number, y: number): number | undefined {
  const [column, row] = [Math.floor(x / grid.pitchX), Math.floor(y / grid.pitchY)];
  const inside = x % grid.pitchX < tiles.width * grid.zoom && y % grid.pitchY < tiles.height * grid.zoom;
  const at = row * grid.columns + column;
  return inside && column < grid.columns && column >= 0 && at >= 0 && at < tiles.count ? at : undefined;
}

/**
 * Draws the pictures: one number per pixel on a scale from the color of negative values through that of 0 to that of
 * positive ones, or three numbers as color around middle gray. NaN is transparent.
 * @param each whether every picture has its own range instead of a common one
 */
export function paint(
  canvas: HTMLCanvasElement,
  tiles: TensorTiles,
  grid: TileGrid,
  palette: Palette,
  each: boolean,
): void {
  canvas.width = grid.width;
  canvas.height = grid.height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.imageSmoothingEnabled = false;
  const { width, height, channels, count, values } = tiles;
  const small = document.createElement('canvas');
  [small.width, small.height] = [width, height];
  const inner = small.getContext('2d');
  if (inner === null) return;
  const pixels = width * height;
  for (let tile = 0; tile < count; tile++) {
    const own = values.subarray(tile * pixels * channels, (tile + 1) * pixels * channels);
    const scale = each ? largestMagnitude(own) : tiles.scale;
    inner.putImageData(new ImageData(colors(own, channels, scale || 1, palette), width, height), 0, 0);
    const [x, y] = [(tile % grid.columns) * grid.pitchX, Math.floor(tile / grid.columns) * grid.pitchY];
    context.drawImage(small, x, y, width * grid.zoom, height * grid.zoom);
  }
}

function colors(
  values: Float32Array,
  channels: 1 | 3,
  scale: number,
  { positive, negative, zero }: Palette,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray((values.length / channels) * 4);
  for (let i = 0, to = 0; i < values.length; i += channels, to += 4) {
    const share = values[i]! / scale;
    const end = share < 0 ? negative : positive;
    const weight = Math.min(1, Math.abs(share));
    for (let part = 0; part < 3; part++) {
      out[to + part] =
        channels === 3 ? 128 + (values[i + part]! / scale) * 127 : zero[part]! + (end[part]! - zero[part]!) * weight;
    }
    out[to + 3] = Number.isNaN(values[i]!) ? 0 : 255;
  }
  return out;
}
