/** Pixels of 8 bits, row-major, channels interleaved. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** 1 gray, 3 RGB. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

export interface GridOptions {
  /** Tiles in a row; the default makes the grid as square as it gets. */
  readonly columns?: number;
  /** Pixels between tiles; none at the outer border. */
  readonly gap?: number;
  /** Value of the gaps and of missing tiles: dark, but lighter than the black that most tiles have around them. */
  readonly background?: number;
}

/**
 * Tiles images [count, height, width, channel], values in [0, 1] or bytes, into one bitmap, row by row from the top left.
 * Values outside [0, 1] are clamped and NaN is drawn black. Throws a RangeError for a shape that does not fit the values.
 */
export function imageGrid(
  images: Float32Array | Uint8Array,
  shape: readonly [count: number, height: number, width: number, channels: number],
  options: GridOptions = {},
): Bitmap {
  const [count, height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) throw new RangeError(`Images have 1 or 3 channels, not ${channels}.`);
  if (count < 1 || images.length !== count * height * width * channels) {
    throw new RangeError(`${images.length} values are not images of shape [${shape.join(', ')}].`);
  }
  const { columns = Math.ceil(Math.sqrt(count)), gap = 1, background = 56 } = options;
  const rows = Math.ceil(count / columns);
  const totalWidth = columns * width + (columns - 1) * gap;
  const totalHeight = rows * height + (rows - 1) * gap;
  // Clamped conversion rounds to nearest and takes NaN for 0.
  const data = new Uint8ClampedArray(totalWidth * totalHeight * channels).fill(background);

  const rowLength = width * channels;
  const scale = images instanceof Uint8Array ? 1 : 255;
  for (let tile = 0; tile < count; tile++) {
    const left = (tile % columns) * (width + gap);
    const top = Math.floor(tile / columns) * (height + gap);
    for (let y = 0; y < height; y++) {
      const source = (tile * height + y) * rowLength;
      const target = ((top + y) * totalWidth + left) * channels;
      for (let i = 0; i < rowLength; i++) data[target + i] = images[source + i]! * scale;
    }
  }
  return { width: totalWidth, height: totalHeight, channels, data: new Uint8Array(data.buffer) };
}
