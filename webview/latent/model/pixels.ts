/** One image of 8-bit gray or red, green and blue, rows first. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** Limits the memory that an answer may claim: more pixels than the images of any data set. */
const MOST_PIXELS = 4_194_304;

/**
 * The images of an answer, each a view of its body.
 * @throws RangeError if the body's length contradicts the shapes, or an image is too large
 */
export function imagesOf(
  { count, height, width, channels }: Omit<Pixels, 'data'> & { readonly count: number },
  body: Uint8Array,
): Pixels[] {
  const size = height * width * channels;
  if ((channels !== 1 && channels !== 3) || !(size > 0) || height * width > MOST_PIXELS) {
    throw new RangeError(`Images of ${height} × ${width} × ${channels} can’t be shown.`);
  }
  if (body.byteLength !== count * size) throw new RangeError('The length of the answer contradicts its shape.');
  return Array.from({ length: count }, (_, i) => ({
    height,
    width,
    channels,
    data: body.subarray(i * size, (i + 1) * size),
  }));
}

/** Converts to RGBA with full opacity. */
export function toImageData({ width, height, channels, data }: Pixels): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    image.data[4 * i] = data[at]!;
    image.data[4 * i + 1] = data[channels === 3 ? at + 1 : at]!;
    image.data[4 * i + 2] = data[channels === 3 ? at + 2 : at]!;
    image.data[4 * i + 3] = 255;
  }
  return image;
}
