import { uniforms } from '../engine/random/philox';
import type { DataSpecification } from '../protocol/specification';
import type { Split } from './dataset';

export type Binarization = DataSpecification['binarization'];

/** Streams of Philox for the draws of an epoch: far from the small numbers of the models, for any epoch we may reach. */
const STREAM: Record<Split, number> = { train: 0x4000_0000, test: 0x8000_0000 };
/** "static" is one fixed data set, the same for every seed of training, so that runs can be compared. */
const STATIC_SEED = 0;
const INTENSITY = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** Which draw an image is binarised with. */
export interface BinarizationKey {
  readonly kind: Binarization;
  readonly seed: number;
  readonly split: Split;
  readonly epoch: number;
}

/**
 * Writes one image's pixels into `out` from `offset` on: as intensities in [0, 1], or each as 1 with a probability of
 * its intensity and else 0. A pure function of (seed, split, epoch, image, pixels).
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
  const [seed, epoch] = key.kind === 'static' ? [STATIC_SEED, 0] : [key.seed, key.epoch];
  const draws = uniforms(undecided, seed, STREAM[key.split] + epoch, image);
  let next = 0;
  for (let i = offset; i < offset + pixels.length; i++) {
    const intensity = out[i]!;
    if (intensity > 0 && intensity < 1) out[i] = draws[next++]! < intensity ? 1 : 0;
  }
}
