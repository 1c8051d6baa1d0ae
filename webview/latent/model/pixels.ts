/** One image of 8-bit gray or red, green and blue, rows first. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** More pixels than any data set's images have; what an answer claims is not to be trusted with the page's memory. */
const MOST_PIXELS = 4_194_304;

/**
 * The images of an answer, each a view of its body.
 * @throws RangeError where the body is not as long as the shapes say, or an image is too large to be one
 */
export function imagesOf(
  { count, height, width, channels }: Omit<Pixels, 'data'> & { readonly count: number },
  body: Uint8Array,
): Pixels[] {
  const size = height * width * channels;
  if ((channels !== 1 && channels !== 3) || !(size > 0) || height * width > MOST_PIXELS) {
    throw new RangeError(`Images of ${height} × ${width} × ${channels} can’t be shown.`);
  }
  if (body.byteLength !== count * size) throw new RangeError('The answer is not as long as it says.');
  return Array.from({ length: count }, (_, i) => ({
    height,
    width,
    channels,
    data: body.subarray(i * size, (i + 1) * size),
  }));
}

/** As a canvas takes it: red, green, blue and full opacity. */
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
