/**
 * Ways to divide a tensor into pictures. A pixel's position and the picture's index are linear functions of an
 * element's indices, with one stride per dimension, so that a tensor can be divided while it is streamed.
 */
export interface TileLayout {
  /** "Columns as 28 × 28" */
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly count: number;
  /** Strides by dimension: the increment of the picture's index, and of the position within the picture. */
  readonly tileStrides: readonly number[];
  readonly pixelStrides: readonly number[];
}

/** Convolution kernels are small: tensors whose leading or trailing sizes are at most this are filter banks. */
const LARGEST_KERNEL = 16;
/** A smaller picture shows nothing. */
const SMALLEST_PICTURE = 16;
const LARGEST_SIDE = 4096;
/** Tiles are shown at full size, and about a hundred fit on a screen. */
const LARGEST_OF_MANY = 1024;
/** The norms of more pictures are not worth the memory. */
const MOST_PICTURES = 2 ** 22;

interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** The layouts that make sense for a shape, the most informative one first; none for a scalar or an empty tensor. */
export function tileLayouts(shape: readonly number[]): TileLayout[] {
  if (shape.length === 0 || shape.some((size) => size < 1)) return [];
  if (shape.length === 4) return [...kernels(shape).filter(drawable), matrix(shape)];
  if (shape.length === 2) {
    const [rows, columns] = shape as [number, number];
    return [...vectors(rows, columns).filter(drawable), matrix(shape)];
  }
  if (shape.length === 1) {
    const whole = pictureOf(shape[0]!);
    const square = whole && tiles(`The vector as ${sizes(whole)}`, whole, 1, [0], [1]);
    return [...(square ? [square] : []), matrix(shape)];
  }
  return [matrix(shape)];
}

function drawable({ count, width, height }: TileLayout): boolean {
  return count === 1 || (count <= MOST_PICTURES && Math.max(width, height) <= LARGEST_OF_MANY);
}

/** A matrix as pictures of its columns or rows, whichever have the size of a picture; columns belong to units here. */
function vectors(rows: number, columns: number): TileLayout[] {
  const found: TileLayout[] = [];
  const ofColumn = pictureOf(rows);
  if (ofColumn) found.push(tiles(`Columns as ${sizes(ofColumn)}`, ofColumn, columns, [0, 1], [1, 0]));
  const ofRow = pictureOf(columns);
  if (ofRow) found.push(tiles(`Rows as ${sizes(ofRow)}`, ofRow, rows, [1, 0], [0, 1]));
  // The larger picture is one of the data; the smaller one happens to be a square number of units.
  return found.sort((a, b) => b.width * b.height - a.width * a.height);
}

/** The kernels of a convolution, by the shape of their tensor. */
export interface Kernel {
  /** TensorFlow's [height, width, inputs, outputs], else PyTorch's [outputs, inputs, height, width]. */
  readonly sizesFirst: boolean;
  /** Its input channels; for transposed convolutions of TensorFlow, its output channels. */
  readonly inputs: number;
}

/** Undefined for anything but a bank of kernels larger than one pixel. */
export function kernelOf(shape: readonly number[]): Kernel | undefined {
  if (shape.length !== 4 || shape.some((size) => size < 1)) return undefined;
  const [a, b, c, d] = shape as [number, number, number, number];
  const first = isSmall(a, b);
  const last = isSmall(c, d);
  if (!first && !last) return undefined;
  const sizesFirst = first && !(last && areRatherLast(shape));
  return { sizesFirst, inputs: sizesFirst ? c : b };
}

function isSmall(height: number, width: number): boolean {
  return Math.max(height, width) <= LARGEST_KERNEL && height * width > 1;
}

/** If either pair of sizes could be that of the kernels: most kernels are square, and smaller than their number. */
function areRatherLast([a, b, c, d]: readonly number[]): boolean {
  if ((a === b) !== (c === d)) return c === d;
  return a! * b! > c! * d!;
}

/** TensorFlow's [height, width, in, out] and PyTorch's [out, in, height, width]. */
function kernels(shape: readonly number[]): TileLayout[] {
  const [a, b, c, d] = shape as [number, number, number, number];
  const found: TileLayout[] = [];
  if (isSmall(a, b)) {
    const size = { height: a, width: b };
    if (c === 3) {
      const strides = [b * 3, 3, 1, 0];
      found.push(tiles(`Kernels in color, ${a} × ${b}`, { ...size, channels: 3 }, d, [0, 0, 0, 1], strides));
    }
    found.push(tiles(`Kernels, ${a} × ${b}`, { ...size, channels: 1 }, c * d, [0, 0, d, 1], [b, 1, 0, 0]));
  }
  if (kernelOf(shape)?.sizesFirst === false) {
    const size = { height: c, width: d };
    const own: TileLayout[] = [];
    if (b === 3) {
      own.push(tiles(`Kernels in color, ${c} × ${d}`, { ...size, channels: 3 }, a, [1, 0, 0, 0], [0, 1, d * 3, 3]));
    }
    own.push(tiles(`Kernels, ${c} × ${d}`, { ...size, channels: 1 }, a * b, [b, 1, 0, 0], [0, 0, d, 1]));
    return [...own, ...found];
  }
  return found;
}

/** The whole tensor as one picture, with a row per index of the leading dimensions; a vector as one row. */
function matrix(shape: readonly number[]): TileLayout {
  const width = shape.at(-1)!;
  const height = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, size) => product * size, 1));
  const label = shape.length <= 2 ? `The whole, ${height} × ${width}` : `All rows, ${height} × ${width}`;
  return tiles(
    label,
    { height, width, channels: 1 },
    1,
    shape.map(() => 0),
    strides,
  );
}

/** Data sets of images are mostly square. */
function pictureOf(length: number): Picture | undefined {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(length / channels);
    if (Number.isInteger(side) && side <= LARGEST_SIDE && side * side >= SMALLEST_PICTURE) {
      return { height: side, width: side, channels };
    }
  }
  return undefined;
}

function sizes({ height, width, channels }: Picture): string {
  return `${height} × ${width}${channels === 3 ? ' in color' : ''}`;
}

function tiles(
  label: string,
  { height, width, channels }: Picture,
  count: number,
  tileStrides: readonly number[],
  pixelStrides: readonly number[],
): TileLayout {
  return { label, height, width, channels, count, tileStrides, pixelStrides };
}

/** The largest finite magnitude, which is the end of a picture's color scale; 0 if there is none. */
export function largestMagnitude(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude > most && magnitude !== Infinity) most = magnitude;
  }
  return most;
}
