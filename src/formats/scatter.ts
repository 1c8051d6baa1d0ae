import type { Bitmap } from './grid';

export interface ScatterOptions {
  /** Pixels of each side. */
  readonly side?: number;
}

/** Margin around the points, as a share of the side. */
const MARGIN = 0.05;
/** Reach of a mark around its pixel: 3 × 3 pixels. */
const REACH = 1;
/** Brightness that one point adds to a pixel; dense regions saturate to white. */
const INK = 90;

/**
 * Points [count, 2] as a gray picture, to the same scale on both axes with y upwards, light where there are many.
 * Points that are not finite are left out. Throws a RangeError for an odd number of values.
 */
export function scatter(points: Float32Array, { side = 384 }: ScatterOptions = {}): Bitmap {
  if (points.length % 2 !== 0) throw new RangeError(`${points.length} numbers are not points of two coordinates.`);
  const data = new Uint8ClampedArray(side * side);
  const finite = pairs(points).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const [left, right] = ends(finite.map(([x]) => x));
  const [bottom, top] = ends(finite.map(([, y]) => y));
  const extent = Math.max(right - left, top - bottom) || 1;
  const scale = (side * (1 - 2 * MARGIN)) / extent;
  for (const [x, y] of finite) {
    const column = Math.floor(side / 2 + (x - (left + right) / 2) * scale);
    const row = Math.floor(side / 2 - (y - (bottom + top) / 2) * scale);
    for (let v = Math.max(0, row - REACH); v <= Math.min(side - 1, row + REACH); v++) {
      for (let u = Math.max(0, column - REACH); u <= Math.min(side - 1, column + REACH); u++) {
        data[v * side + u] = data[v * side + u]! + INK;
      }
    }
  }
  return { width: side, height: side, channels: 1, data: new Uint8Array(data.buffer) };
}

function pairs(points: Float32Array): [number, number][] {
  return Array.from({ length: points.length / 2 }, (_, row) => [points[2 * row]!, points[2 * row + 1]!]);
}

function ends(values: readonly number[]): readonly [number, number] {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}
