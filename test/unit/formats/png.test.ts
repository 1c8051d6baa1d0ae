import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, it, vi } from 'vitest';
import { FormatError } from '../../../src/formats/error';
import type { Bitmap } from '../../../src/formats/grid';
import { decodePng, encodePng, encodePngInTurns } from '../../../src/formats/png';
import { filterRows } from '../../../src/formats/pngFilter';

const bitmaps: fc.Arbitrary<Bitmap> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom(1 as const, 3 as const))
  .chain(([width, height, channels]) => {
    const size = width * height * channels;
    // Smooth and random pixels make the encoder choose different filters.
    const random = fc.uint8Array({ minLength: size, maxLength: size });
    const smooth = fc.nat({ max: 40 }).map((slope) => Uint8Array.from({ length: size }, (_, i) => i * slope));
    return fc.oneof(random, smooth).map((data) => ({ width, height, channels, data }));
  });

const limit = { maximumPixels: 100 };
const sample = encodePng({ width: 3, height: 2, channels: 3, data: Uint8Array.from({ length: 18 }, (_, i) => i * 9) });

describe('encodePng', () => {
  it('writes what an independent reader reads back', () => {
    fc.assert(
      fc.property(bitmaps, (bitmap) => {
        const read = PNG.sync.read(Buffer.from(encodePng(bitmap)));
        expect([read.width, read.height]).toEqual([bitmap.width, bitmap.height]);
        const { channels, data } = bitmap;
        for (let pixel = 0; pixel < bitmap.width * bitmap.height; pixel++) {
          const at = pixel * channels;
          const [red, green, blue] = channels === 1 ? Array<number>(3).fill(data[at]!) : data.subarray(at, at + 3);
          expect([...read.data.subarray(pixel * 4, pixel * 4 + 4)]).toEqual([red, green, blue, 255]);
        }
      }),
    );
  });

  it('writes the same bytes in slices, which yield to other work', async () => {
    const data = Uint8Array.from({ length: 400 * 300 * 3 }, (_, i) => (i * i) >> 7);
    const bitmap = { width: 400, height: 300, channels: 3, data } as const;
    const turns = vi.spyOn(globalThis, 'setImmediate');
    expect(Buffer.compare(await encodePngInTurns(bitmap), encodePng(bitmap))).toBe(0);
    expect(turns.mock.calls.length).toBe(Math.floor(data.length / (64 * 1024)));
    turns.mockRestore();
    await expect(encodePngInTurns({ ...bitmap, width: 401 })).rejects.toThrow(RangeError);
  });

  it('refuses a size that does not fit the pixels', () => {
    expect(() => encodePng({ width: 2, height: 2, channels: 1, data: new Uint8Array(5) })).toThrow(RangeError);
    expect(() => encodePng({ width: 0, height: 2, channels: 1, data: new Uint8Array(0) })).toThrow(RangeError);
  });

  it('filters smooth rows so that they pack well', () => {
    const ramp = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64) * 3 + Math.floor(i / 64));
    expect(deflateSync(filterRows(ramp, 64, 1)).length).toBeLessThan(deflateSync(ramp).length / 4);
  });
});

describe('decodePng', () => {
  it('reads what we write', () => {
    fc.assert(
      fc.property(bitmaps, (bitmap) => {
        expect(decodePng(encodePng(bitmap), limit)).toEqual(bitmap);
      }),
    );
  });

  it('reads what an independent writer writes, with and without alpha', () => {
    const image = new PNG({ width: 5, height: 4 });
    image.data.forEach((_, i) => (image.data[i] = (i * 37) & 255));
    for (const [colorType, channels] of [
      [6, 4],
      [2, 3],
      [4, 2],
      [0, 1],
    ] as const) {
      for (const filterType of [0, 1, 2, 3, 4]) {
        const bytes = PNG.sync.write(image, { colorType, filterType });
        const ours = decodePng(bytes, limit);
        const theirs = PNG.sync.read(bytes);
        expect(ours.channels).toBe(channels);
        for (let pixel = 0; pixel < 20; pixel++) {
          expect(ours.data[pixel * channels]).toBe(theirs.data[pixel * 4]);
          if (channels === 4) expect(ours.data[pixel * 4 + 3]).toBe(theirs.data[pixel * 4 + 3]);
        }
      }
    }
  });

  it('refuses an image over the limit before it takes memory', () => {
    const huge = sample.slice();
    new DataView(huge.buffer).setUint32(16, 0x7fffffff);
    expect(() => decodePng(huge, limit)).toThrow(FormatError);
    expect(() => decodePng(sample, { maximumPixels: 5 })).toThrow('3 × 2 pixels');
  });

  it('stops inflating at the announced size', () => {
    const bomb = encodePng({ width: 1000, height: 1000, channels: 1, data: new Uint8Array(1_000_000) });
    const small = encodePng({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) });
    // The header of the small image in front of the pixels of the large one.
    const spliced = new Uint8Array([...small.subarray(0, 33), ...bomb.subarray(33)]);
    expect(() => decodePng(spliced, limit)).toThrow('cannot be unpacked');
  });

  it('refuses every truncation', () => {
    for (let length = 0; length < sample.length; length++) {
      expect(() => decodePng(sample.subarray(0, length), limit), `${length} bytes`).toThrow(FormatError);
    }
  });

  it('notices every flipped byte', () => {
    fc.assert(
      fc.property(fc.nat({ max: sample.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const damaged = sample.slice();
        damaged[at]! ^= mask;
        expect(() => decodePng(damaged, limit)).toThrow(FormatError);
      }),
    );
  });
});
