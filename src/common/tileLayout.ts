/**
 * How a tensor can be cut into pictures. A picture's pixel and the picture itself are linear functions of an element's
 * indices, one stride a dimension, so that a tensor can be cut while it streams by.
 */
export interface TileLayout {
  /** "Columns as 28 × 28" */
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly count: number;
  /** By dimension: what one step along it adds to the number of the picture, and to the position within it. */
  readonly tileStrides: readonly number[];
  readonly pixelStrides: readonly number[];
}

/** Convolution kernels are small: tensors with such leading or trailing sizes are banks of filters. */
const LARGEST_KERNEL = 16;
/** A picture smaller than this shows nothing. */
const SMALLEST_PICTURE = 16;
const LARGEST_SIDE = 4096;
/** Tiles are shown in full, and some hundred fit on a screen. */
const LARGEST_OF_MANY = 1024;
/** The norms of more are not worth the memory. */
const MOST_PICTURES = 2 ** 22;

interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * The layouts that make sense for a shape, the most telling one first; none for a scalar or an empty tensor.
 */
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

/** A matrix as pictures of its columns or rows, whichever have the size of a picture; columns multiply inputs here. */
function vectors(rows: number, columns: number): TileLayout[] {
  const found: TileLayout[] = [];
  const ofColumn = pictureOf(rows);
  if (ofColumn) found.push(tiles(`Columns as ${sizes(ofColumn)}`, ofColumn, columns, [0, 1], [1, 0]));
  const ofRow = pictureOf(columns);
  if (ofRow) found.push(tiles(`Rows as ${sizes(ofRow)}`, ofRow, rows, [1, 0], [0, 1]));
  // The larger picture is that of the data, the smaller one happens to be a square of units.
  return found.sort((a, b) => b.width * b.height - a.width * a.height);
}

/** The kernels of a convolution, by the shape of the tensor that holds them. */
export interface Kernel {
  /** TensorFlow's [height, width, inputs, outputs], else PyTorch's [outputs, inputs, height, width]. */
  readonly sizesFirst: boolean;
  /** Channels that it takes; in TensorFlow's transposed convolutions those that it makes. */
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

/** Where either pair of sizes could be that of kernels: most kernels are square, and smaller than their number. */
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

/** The whole tensor as one picture, rows of its last dimension; a vector as one row. */
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

/** Data sets of pictures are mostly square. */
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
