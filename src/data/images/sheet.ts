import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodePng } from '../../formats/png';
import type { ImageOptions, SheetResult, SkippedImage, Survey } from '../../protocol/imageJobs';
import { tried } from './decodeFiles';
import { imageSize } from './decodeImage';
import { listImages } from './listing';

/** Enough to tell what a folder holds; the order of a listing mixes its sub-folders. */
const SURVEYED = 48;
/** For telling gray from color. */
const THUMBNAIL: ImageOptions = { height: 32, width: 32, channels: 3, fit: 'fit' };
/** Channels of one gray pixel differ by no more, after JPEG. */
const GRAY_TOLERANCE = 3;
const COLUMNS = 6;
const ROWS = 4;
/** Small images are enlarged by a whole factor, so that their pixels can be seen, to at most this. */
const CELL = 160;
const GAP = 4;
const BACKGROUND = 128;

/** Looks at a folder and some of its images. Throws DataError for one without images. */
export async function survey(root: string): Promise<Survey> {
  const listing = await listImages(root, 0.1);
  const chosen = listing.images.slice(0, SURVEYED).map(({ file }) => file);
  const sides: number[] = [];
  const unreadable: SkippedImage[] = [];
  let gray = true;
  for (const file of chosen) {
    const location = path.join(listing.root, file);
    const pixels = await tried(location, THUMBNAIL);
    if (typeof pixels === 'string') unreadable.push({ file, reason: pixels });
    else {
      gray &&= isGray(pixels);
      const { width, height } = await imageSize(location);
      sides.push(Math.min(width, height));
    }
  }
  const { classes, split, images } = listing;
  return {
    ...{ files: images.length, classes, split, tried: chosen.length, unreadable },
    gray: gray && sides.length > 0,
    side: sides.sort((a, b) => a - b)[sides.length >> 1] ?? 0,
  };
}

/** Writes a PNG of the first images that can be decoded, as a model would see them. Throws DataError. */
export async function drawSheet(root: string, options: ImageOptions, out: string): Promise<SheetResult> {
  const listing = await listImages(root, 0.1);
  const images: Uint8Array[] = [];
  const skipped: SkippedImage[] = [];
  for (const { file } of listing.images.slice(0, SURVEYED)) {
    if (images.length === COLUMNS * ROWS) break;
    const image = await tried(path.join(listing.root, file), options);
    if (typeof image === 'string') skipped.push({ file, reason: image });
    else images.push(image);
  }
  if (images.length > 0) await writeFile(out, encodePng(sheetOf(images, options)));
  return { shown: images.length, skipped };
}

function sheetOf(images: readonly Uint8Array[], { height, width, channels }: ImageOptions) {
  const factor = Math.max(1, Math.floor(CELL / Math.max(height, width)));
  const [cellWidth, cellHeight] = [width * factor + GAP, height * factor + GAP];
  const columns = Math.min(COLUMNS, images.length);
  const sheetWidth = columns * cellWidth + GAP;
  const sheetHeight = Math.ceil(images.length / columns) * cellHeight + GAP;
  const data = new Uint8Array(sheetWidth * sheetHeight * channels).fill(BACKGROUND);
  for (const [index, image] of images.entries()) {
    const left = GAP + (index % columns) * cellWidth;
    const top = GAP + Math.floor(index / columns) * cellHeight;
    for (let y = 0; y < height * factor; y++) {
      for (let x = 0; x < width * factor; x++) {
        const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
        data.set(image.subarray(from, from + channels), ((top + y) * sheetWidth + left + x) * channels);
      }
    }
  }
  return { width: sheetWidth, height: sheetHeight, channels, data };
}

function isGray(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) {
    const [r, g, b] = [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!];
    if (Math.max(r, g, b) - Math.min(r, g, b) > GRAY_TOLERANCE) return false;
  }
  return true;
}
