import { pixelsOf, type ImageShape } from '../common/imageShape';
import type { TrainingImages } from '../engine/program';
import { uniforms } from '../engine/random/philox';
import type { DataSpecification } from '../protocol/specification';
import type { ImageSet, Split } from './dataset';
import { MOST_RESIDENT_BYTES } from './prefetch';

export type Binarization = DataSpecification['binarization'];

/** Streams of Philox: far from the small numbers of the models. */
const STREAM: Record<Split, number> = { train: 0x4000_0000, test: 0x8000_0000 };
/** "static" is one fixed data set, the same for every seed of training, so that runs can be compared. */
const STATIC_SEED = 0;
const INTENSITY = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** Which draw an image is binarized with. */
export interface BinarizationKey {
  readonly kind: Binarization;
  readonly seed: number;
  readonly split: Split;
}

/**
 * What a program learns from. Without binarization the bytes are those of the set; binarized statically they are 0 and 255,
 * drawn once; dynamic binarization resamples at each step. Of a set that is too large to be
 * kept there, the program is given intensities (`PrefetchedBatches`).
 */
export function trainingImages(set: ImageSet, imageShape: ImageShape, kind: Binarization): TrainingImages {
  const shape = [set.count, ...imageShape];
  if (set.images.length > MOST_RESIDENT_BYTES) return { shape, binarize: kind === 'dynamic' };
  const bytes = kind === 'static' ? staticBytes(set, pixelsOf(imageShape)) : set.images;
  return { shape, bytes, binarize: kind === 'dynamic' };
}

function staticBytes(set: ImageSet, size: number): Uint8Array {
  const bytes = new Uint8Array(set.images.length);
  const drawn = new Float32Array(size);
  const key: BinarizationKey = { kind: 'static', seed: STATIC_SEED, split: set.split };
  for (let image = 0; image < set.count; image++) {
    writePixels(key, image, imageAt(set, image, size), drawn, 0);
    for (let i = 0; i < size; i++) bytes[image * size + i] = drawn[i]! * 255;
  }
  return bytes;
}

export function imageAt(set: ImageSet, index: number, size: number): Uint8Array {
  return set.images.subarray(index * size, (index + 1) * size);
}

/**
 * Writes one image's pixels into `out` from `offset` on: as intensities in [0, 1], or each as 1 with a probability of
 * its intensity and else 0. A pure function of (seed, split, image, pixels).
 *
 * Only pixels that are neither black nor white are drawn for, in their order: on MNIST that is less than one in five, and a
 * batch of 128 takes half the time.
 */
export function writePixels(
  key: BinarizationKey,
  image: number,
  pixels: Uint8Array,
  out: Float32Array,
  offset: number,
): void {
  for (let i = 0; i < pixels.length; i++) out[offset + i] = INTENSITY[pixels[i]!]!;
  if (key.kind === 'none') return;
  let undecided = 0;
  for (const value of pixels) if (value > 0 && value < 255) undecided++;
  const draws = uniforms(undecided, key.kind === 'static' ? STATIC_SEED : key.seed, STREAM[key.split], image);
  let next = 0;
  for (let i = offset; i < offset + pixels.length; i++) {
    const intensity = out[i]!;
    if (intensity > 0 && intensity < 1) out[i] = draws[next++]! < intensity ? 1 : 0;
  }
}
