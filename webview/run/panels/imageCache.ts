import type { ShownImage } from '../../../src/protocol/views';
import { ValueError } from '../../shared/host';
import { StepCache } from './stepCache';

/** Decoded pixels take four bytes each; this many grids of 448 × 224 are far more than a slider passes in a minute. */
const BUDGET_BYTES = 96 * 1024 * 1024;
const MAXIMUM_PIXELS = 16_777_216;

/** Cache of recently shown images, decoded. */
export function imageCache(request: (tag: string, step: number) => Promise<ShownImage>): StepCache<ImageBitmap> {
  return new StepCache(
    async (tag, step) => decodeImage(await request(tag, step)),
    ({ width, height }) => width * height * 4,
    BUDGET_BYTES,
  );
}

/** Throws {@link ValueError} for an image that is too large or damaged. */
export async function decodeImage(image: ShownImage): Promise<ImageBitmap> {
  if (image.width * image.height > MAXIMUM_PIXELS) {
    throw new ValueError(`The image is too large to show (${image.width} × ${image.height} pixels).`);
  }
  // A copy: the bytes may be a view into a larger buffer, and a Blob wants an ArrayBuffer of its own.
  const blob = new Blob([new Uint8Array(image.bytes)], { type: image.mime });
  try {
    return await createImageBitmap(blob);
  } catch {
    throw new ValueError(`The image at step ${image.step} is damaged: it can’t be decoded as ${image.mime}.`);
  }
}
