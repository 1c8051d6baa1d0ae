import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { decodeBmp, isBmp } from '../../formats/bmp';
import type { ImageOptions } from '../../protocol/imageJobs';

/** Of one image: a few bytes of a file may ask for as many pixels as they like. The limit of libvips itself. */
const MOST_PIXELS = 0x3fff * 0x3fff;
/** Of a bitmap, which is read and decoded as a whole; other formats are decoded by row. */
const MOST_BMP_PIXELS = 2 ** 25;
/** With 32 bits a pixel, and room for a header. */
const LARGEST_BMP = 4 * MOST_BMP_PIXELS + 2 ** 16;

// One image is decoded by one thread, and as many at a time as there are cores: on small images that is the fastest.
sharp.concurrency(1);
// Each image is opened once.
sharp.cache(false);
// A file's contents decide what it is, whatever its name: so libvips must not read more formats than are offered, some of
// which (SVG, PDF) are programs or refer to other files.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadNsgif'],
});

const BLACK = { r: 0, g: 0, b: 0 };

/**
 * An image as a model sees it: bytes [height, width, channels]. Turned as its EXIF data say; of an animation the first frame;
 * 16 bits become 8; colors are converted to sRGB by the embedded profile; transparency shows black; scaled with Lanczos
 * kernels, cropped around the center or bordered with black. Gray is the luma of ITU-R BT.601, as in Pillow. Throws an error
 * for a file that is not such an image, or is truncated.
 */
export async function decodeImage(file: string, options: ImageOptions): Promise<Uint8Array> {
  const { height, width, channels, fit } = options;
  const { data, info } = await open(file)
    .autoOrient()
    .flatten({ background: BLACK })
    .resize({ width, height, fit: fit === 'crop' ? 'cover' : 'contain', position: 'centre', background: BLACK })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const rgb = info.channels === 3 ? data : repeated(data);
  return channels === 3 ? rgb : luma(rgb);
}

/** Size as it is shown, turned. */
export async function imageSize(file: string): Promise<{ readonly width: number; readonly height: number }> {
  const { width, height, orientation = 1 } = await open(file).metadata();
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

function open(file: string): Sharp {
  // “error”: a truncated image is none, while a warning, which many cameras cause, does no harm.
  const options = { failOn: 'error', limitInputPixels: MOST_PIXELS } as const;
  const begin = beginningOf(file);
  if (begin.length === 0) throw new Error('the file is empty');
  if (!isBmp(begin)) return sharp(file, options);
  if (statSync(file).size > LARGEST_BMP) throw new Error('the bitmap is too large');
  const { data, width, height } = decodeBmp(readFileSync(file), MOST_BMP_PIXELS);
  return sharp(data, { ...options, raw: { width, height, channels: 4 } });
}

function beginningOf(file: string): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = new Uint8Array(2);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Gray [pixels] → RGB [pixels, 3] */
function repeated(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(3 * gray.length);
  for (const [at, value] of gray.entries()) rgb.fill(value, 3 * at, 3 * at + 3);
  return rgb;
}

/** RGB [pixels, 3] → gray [pixels]; in fixed point, as Pillow computes it. */
function luma(rgb: Uint8Array): Uint8Array {
  const gray = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < gray.length; i++) {
    gray[i] = (19595 * rgb[3 * i]! + 38470 * rgb[3 * i + 1]! + 7471 * rgb[3 * i + 2]! + 0x8000) >> 16;
  }
  return gray;
}
