import { describe, expect, it } from 'vitest';
import { evaluationBatches, fromModel, toModel, trainingExamples } from '../../../src/data';
import type { BatchOptions, ExampleSet } from '../../../src/data';

/** Four images of 10,000 pixels, each black, 64/255, 191/255 and white in equal parts. */
const set: ExampleSet = {
  split: 'train',
  count: 4,
  values: Uint8Array.from({ length: 40_000 }, (_, pixel) => [0, 64, 191, 255][pixel % 4]!),
};
const dynamic: BatchOptions = { batch: 4, binarization: 'dynamic', scaling: 'unit', seed: 7 };

function imagesOf(options: BatchOptions, images: ExampleSet = set): Float32Array[] {
  const [batch] = evaluationBatches(images, options);
  return Array.from({ length: 4 }, (_, row) => batch!.examples.subarray(row * 10_000, (row + 1) * 10_000));
}

describe('binarization', () => {
  it('draws each pixel with its intensity as probability', () => {
    for (const options of [dynamic, { ...dynamic, binarization: 'static' } as const]) {
      const on = [0, 0, 0, 0];
      for (const image of imagesOf(options)) {
        expect(new Set(image)).toEqual(new Set([0, 1]));
        for (const [pixel, value] of image.entries()) on[pixel % 4]! += value;
      }
      expect(on[0]).toBe(0);
      // Five standard deviations of a mean of 10,000 draws.
      expect(Math.abs(on[1]! / 10_000 - 64 / 255)).toBeLessThan(5 * Math.sqrt((0.251 * 0.749) / 10_000));
      expect(Math.abs(on[2]! / 10_000 - 191 / 255)).toBeLessThan(5 * Math.sqrt((0.251 * 0.749) / 10_000));
      expect(on[3]).toBe(10_000);
    }
  });

  it('draws images independently of each other', () => {
    const [first, second] = imagesOf(dynamic);
    const same = first!.filter((value, pixel) => value === second![pixel]).length / 10_000;
    // Half the pixels are decided; of the others p² + (1 − p)² = 62.4 % agree by chance.
    expect(same).toBeGreaterThan(0.78);
    expect(same).toBeLessThan(0.85);
  });

  it('is the same at each evaluation, and apart from the training images', () => {
    expect(imagesOf(dynamic)).toEqual(imagesOf(dynamic));
    expect(imagesOf({ ...dynamic, seed: 8 })).not.toEqual(imagesOf(dynamic));
    expect(imagesOf(dynamic, { ...set, split: 'test' })).not.toEqual(imagesOf(dynamic));
  });

  it('makes one data set for all seeds when static, for training as bytes', () => {
    const fixed: BatchOptions = { ...dynamic, binarization: 'static' };
    expect(imagesOf({ ...fixed, seed: 8 })).toEqual(imagesOf(fixed));
    const images = trainingExamples(set, [100, 100, 1], 'static', 'unit');
    expect(images).toMatchObject({ shape: [4, 100, 100, 1], scaling: 'unit' });
    expect([...images.values!]).toEqual(imagesOf(fixed).flatMap((image) => [...image].map((value) => value * 255)));
  });

  it('is left to the program when dynamic', () => {
    expect(trainingExamples(set, [100, 100, 1], 'dynamic', 'unit')).toMatchObject({
      scaling: 'binary',
      values: set.values,
    });
    expect(trainingExamples(set, [100, 100, 1], 'none', 'unit')).toMatchObject({ scaling: 'unit', values: set.values });
  });

  it('takes the place of another scaling where it is drawn at each step', () => {
    expect(trainingExamples(set, [100, 100, 1], 'none', 'signed')).toMatchObject({ scaling: 'signed' });
    expect(trainingExamples(set, [100, 100, 1], 'static', 'signed')).toMatchObject({ scaling: 'signed' });
    expect(trainingExamples(set, [100, 100, 1], 'static', 'binary')).toMatchObject({ scaling: 'unit' });
  });
});

describe('the scaling of a test set', () => {
  const scaled = (scaling: BatchOptions['scaling']) => imagesOf({ ...dynamic, binarization: 'none', scaling })[0]!;

  it('is to [−1, 1] where it is signed', () => {
    expect([...scaled('signed').subarray(0, 4)]).toEqual(
      [0, 64, 191, 255].map((byte) => Math.fround(2 * Math.fround(byte / 255) - 1)),
    );
  });

  it('is uniform within a byte’s interval where it is dequantized, the same at each evaluation', () => {
    const image = scaled('dequantized');
    const within = [...image].map((value, pixel) => value * 256 - [0, 64, 191, 255][pixel % 4]!);
    expect(Math.min(...within)).toBeGreaterThan(-1e-4);
    expect(Math.max(...within)).toBeLessThan(1 + 1e-4);
    const mean = within.reduce((sum, part) => sum + part, 0) / within.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / 10_000));
    expect(scaled('dequantized')).toEqual(image);
  });

  it('draws zeros and ones where it is binary, also of a set that is not to be binarized', () => {
    expect(new Set(scaled('binary'))).toEqual(new Set([0, 1]));
  });

  it.each(['unit', 'signed', 'dequantized'] as const)('is inverted for display: %s', (scaling) => {
    for (const unit of [0, 0.25, 1]) expect(fromModel(scaling, toModel(scaling, unit))).toBeCloseTo(unit, 2);
  });
});
