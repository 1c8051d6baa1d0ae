import { describe, expect, it } from 'vitest';
import { BatchSource, evaluationBatches } from '../../../src/data';
import type { BatchOptions, ImageSet } from '../../../src/data';

/** Four images of 10,000 pixels, each black, 64/255, 191/255 and white in equal parts. */
const set: ImageSet = {
  split: 'train',
  count: 4,
  images: Uint8Array.from({ length: 40_000 }, (_, pixel) => [0, 64, 191, 255][pixel % 4]!),
};
const dynamic: BatchOptions = { batch: 4, binarization: 'dynamic', seed: 7 };

/** Images by their number, whatever the order of the batch. */
function imagesOf(options: BatchOptions, step: number): Float32Array[] {
  const { images, indices } = new BatchSource(set, options).batch(step);
  const out: Float32Array[] = [];
  for (const [row, index] of indices.entries()) out[index] = images.subarray(row * 10_000, (row + 1) * 10_000);
  return out;
}

describe('binarisation', () => {
  it('draws each pixel with its intensity as probability', () => {
    const on = [0, 0, 0, 0];
    for (const image of imagesOf(dynamic, 0)) {
      expect(new Set(image)).toEqual(new Set([0, 1]));
      for (const [pixel, value] of image.entries()) {
        on[pixel % 4]! += value;
      }
    }
    expect(on[0]).toBe(0);
    // Five standard deviations of a mean of 10,000 draws.
    expect(Math.abs(on[1]! / 10_000 - 64 / 255)).toBeLessThan(5 * Math.sqrt((0.251 * 0.749) / 10_000));
    expect(Math.abs(on[2]! / 10_000 - 191 / 255)).toBeLessThan(5 * Math.sqrt((0.251 * 0.749) / 10_000));
    expect(on[3]).toBe(10_000);
  });

  it('draws images apart from each other', () => {
    const [first, second] = imagesOf(dynamic, 0);
    const same = first!.filter((value, pixel) => value === second![pixel]).length / 10_000;
    // Half the pixels are decided; of the others p² + (1 − p)² = 62.4 % agree by chance.
    expect(same).toBeGreaterThan(0.78);
    expect(same).toBeLessThan(0.85);
  });

  it('is drawn anew each epoch when dynamic, again the same for the same seed and step', () => {
    expect(imagesOf(dynamic, 0)).toEqual(imagesOf(dynamic, 0));
    expect(imagesOf(dynamic, 1)).not.toEqual(imagesOf(dynamic, 0));
    expect(imagesOf({ ...dynamic, seed: 8 }, 0)).not.toEqual(imagesOf(dynamic, 0));
  });

  it('is one data set for all epochs and seeds when static', () => {
    const fixed: BatchOptions = { ...dynamic, binarization: 'static' };
    expect(imagesOf(fixed, 5)).toEqual(imagesOf(fixed, 0));
    expect(imagesOf({ ...fixed, seed: 8 }, 0)).toEqual(imagesOf(fixed, 0));
  });

  it('is the same at each evaluation, and apart from the training images', () => {
    const test: ImageSet = { ...set, split: 'test' };
    const [once] = evaluationBatches(test, dynamic);
    const [again] = evaluationBatches(test, dynamic);
    expect(once).toEqual(again);
    const [training] = evaluationBatches(set, dynamic);
    expect(training!.images).not.toEqual(once!.images);
  });
});
