import type { LoggedTensor } from '../../../src/protocol/logs';
import { levelOf, levelsOf, type HeatScale } from './heatScale';
import type { Rgb } from '../../shared/signColors';

/** Maps numbers to the canvas, in CSS pixels: x to the right, y up. */
export interface Projection {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** The plot's top left corner. */
  readonly originX: number;
  readonly originY: number;
  readonly scale: number;
  readonly ratio: number;
}

export function toX({ left, originX, scale }: Projection, x: number): number {
  return left + (x - originX) * scale;
}

export function toY({ top, originY, scale }: Projection, y: number): number {
  return top + (originY - y) * scale;
}

/** More lines of a mesh, or arrows, cannot be told apart. */
const MOST_LINES = 96;
const MOST_ARROWS = 4000;

/** [rows, columns], the lowest row first, painted over the range `x` and `y`. */
export function drawField(
  context: CanvasRenderingContext2D,
  projection: Projection,
  { shape, values }: LoggedTensor,
  {
    x,
    y,
    scale,
  }: { readonly x: readonly [number, number]; readonly y: readonly [number, number]; readonly scale: HeatScale },
): void {
  const [rows = 0, columns = 0] = shape;
  if (rows === 0 || columns === 0) return;
  const image = new ImageData(columns, rows);
  const levels = levelsOf(scale);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column]!;
      const target = 4 * ((rows - 1 - row) * columns + column);
      const at = 3 * levelOf(value, scale);
      for (let part = 0; part < 3; part++) {
        image.data[target + part] = Number.isFinite(value) ? levels[at + part]! : scale.broken[part]!;
      }
      image.data[target + 3] = 255;
    }
  }
  const canvas = new OffscreenCanvas(columns, rows);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  const [left, right] = [toX(projection, x[0]), toX(projection, x[1])];
  const [top, bottom] = [toY(projection, y[1]), toY(projection, y[0])];
  context.imageSmoothingEnabled = true;
  context.drawImage(canvas, left, top, right - left, bottom - top);
}

/** [rows, columns, 2] as a mesh of lines. */
export function drawGrid(
  context: CanvasRenderingContext2D,
  projection: Projection,
  { shape, values }: LoggedTensor,
  color: string,
): void {
  const [rows = 0, columns = 0] = shape;
  const path = new Path2D();
  const trace = (count: number, index: (i: number) => number) => {
    let joined = false;
    for (let i = 0; i < count; i++) {
      const [x, y] = [values[2 * index(i)]!, values[2 * index(i) + 1]!];
      const finite = Number.isFinite(x) && Number.isFinite(y);
      if (finite && joined) path.lineTo(toX(projection, x), toY(projection, y));
      else if (finite) path.moveTo(toX(projection, x), toY(projection, y));
      joined = finite;
    }
  };
  for (const row of thinnedIndices(rows)) trace(columns, (i) => row * columns + i);
  for (const column of thinnedIndices(columns)) trace(rows, (i) => i * columns + column);
  context.strokeStyle = color;
  context.globalAlpha = 0.75;
  context.lineWidth = 1;
  context.stroke(path);
  context.globalAlpha = 1;
}

/** The first, the last, and as many evenly spaced between them as can be told apart. */
function thinnedIndices(count: number): number[] {
  const kept = Math.min(count, MOST_LINES);
  return Array.from({ length: kept }, (_, i) => (kept === 1 ? 0 : Math.round((i * (count - 1)) / (kept - 1))));
}

/** [n, 4]: x, y and the extent along both axes. */
export function drawArrows(
  context: CanvasRenderingContext2D,
  projection: Projection,
  { values }: LoggedTensor,
  color: string,
): void {
  const count = values.length / 4;
  const stride = Math.max(1, Math.ceil(count / MOST_ARROWS));
  const path = new Path2D();
  for (let i = 0; i < count; i += stride) {
    const [x, y, dx, dy] = [0, 1, 2, 3].map((part) => values[4 * i + part]!) as [number, number, number, number];
    const [x1, y1] = [toX(projection, x), toY(projection, y)];
    const [x2, y2] = [x1 + dx * projection.scale, y1 - dy * projection.scale];
    if (![x1, y1, x2, y2].every(Number.isFinite)) continue;
    path.moveTo(x1, y1);
    path.lineTo(x2, y2);
    const length = Math.hypot(x2 - x1, y2 - y1);
    if (length < 3) continue;
    const head = Math.min(5, length * 0.4);
    const angle = Math.atan2(y2 - y1, x2 - x1);
    for (const side of [-2.6, 2.6]) {
      path.moveTo(x2, y2);
      path.lineTo(x2 + head * Math.cos(angle + side), y2 + head * Math.sin(angle + side));
    }
  }
  context.strokeStyle = color;
  context.lineWidth = 1.25;
  context.stroke(path);
}

export interface PointStyle {
  /** For points without a class, and by class. */
  readonly color: Rgb;
  readonly classes: readonly Rgb[] | undefined;
  /** Whether to draw rings instead of discs, so that a second set of points also differs in shape. */
  readonly hollow: boolean;
}

/**
 * [n, 2 or 3] as small discs, blended pixel by pixel: twenty thousand take two milliseconds this way, and twenty as
 * canvas paths.
 */
export function drawPoints(
  context: CanvasRenderingContext2D,
  projection: Projection,
  { shape, values }: LoggedTensor,
  style: PointStyle,
): void {
  const { left, top, width, height, ratio } = projection;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  const parts = shape[1]!;
  const count = shape[0]!;
  if (across < 1 || down < 1 || count === 0) return;
  const image = new ImageData(across, down);
  const { radius, opacity } = lookOf(count);
  const stamp = stampOf(radius * ratio, opacity, style.hollow);
  const palette = style.classes;
  for (let i = 0; i < count; i++) {
    const x = (toX(projection, values[i * parts]!) - left) * ratio;
    const y = (toY(projection, values[i * parts + 1]!) - top) * ratio;
    if (!(x > -stamp.size && y > -stamp.size && x < across + stamp.size && y < down + stamp.size)) continue;
    const index = parts === 3 && palette !== undefined ? values[i * parts + 2]! : NaN;
    const color = Number.isInteger(index) && index >= 0 ? palette![index % palette!.length]! : style.color;
    press(image, stamp, Math.round(x - stamp.size / 2), Math.round(y - stamp.size / 2), color);
  }
  const canvas = new OffscreenCanvas(across, down);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  context.drawImage(canvas, left, top, width, height);
}

/** The more points, the smaller and paler, so that density is visible. */
export function lookOf(count: number): { radius: number; opacity: number } {
  if (count <= 400) return { radius: 3, opacity: 0.9 };
  if (count <= 3000) return { radius: 2.2, opacity: 0.75 };
  return { radius: 1.5, opacity: count <= 12_000 ? 0.6 : 0.5 };
}

interface Stamp {
  readonly size: number;
  readonly opacities: Float32Array;
}

/** A disc or ring with smooth edges. */
function stampOf(radius: number, opacity: number, hollow: boolean): Stamp {
  const size = Math.ceil(2 * radius + 2);
  const opacities = new Float32Array(size * size);
  const line = Math.max(1, radius * 0.45);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const distance = Math.hypot(x + 0.5 - size / 2, y + 0.5 - size / 2);
      const outer = Math.max(0, Math.min(1, radius + 0.5 - distance));
      const inner = hollow ? Math.max(0, Math.min(1, radius - line + 0.5 - distance)) : 0;
      opacities[y * size + x] = (outer - inner) * opacity;
    }
  }
  return { size, opacities };
}

/** Blends a stamp over the existing pixels. */
function press(
  { data, width, height }: ImageData,
  { size, opacities }: Stamp,
  left: number,
  top: number,
  color: Rgb,
): void {
  for (let y = Math.max(0, -top); y < size && top + y < height; y++) {
    for (let x = Math.max(0, -left); x < size && left + x < width; x++) {
      const over = opacities[y * size + x]!;
      if (over === 0) continue;
      const at = 4 * ((top + y) * width + left + x);
      const under = (data[at + 3]! / 255) * (1 - over);
      const alpha = over + under;
      for (let part = 0; part < 3; part++) {
        data[at + part] = (color[part]! * over + data[at + part]! * under) / alpha;
      }
      data[at + 3] = alpha * 255;
    }
  }
}
