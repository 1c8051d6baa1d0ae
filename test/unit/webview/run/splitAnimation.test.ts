import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAnimation } from '../../../../src/formats/animation';
import { decodePng, encodePng } from '../../../../src/formats/png';
import { ValueError } from '../../../../webview/shared/host';
import { splitAnimation } from '../../../../webview/run/panels/splitAnimation';

const bitmap = (shade: number) => ({
  ...{ width: 5, height: 3, channels: 3 as const },
  data: Uint8Array.from({ length: 45 }, (_, i) => shade + i),
});
const animation = encodeAnimation([bitmap(0), bitmap(50), bitmap(100)], 40);

describe('splitAnimation', () => {
  it('gives each frame as an image of its own, without the still image in front', () => {
    const frames = splitAnimation(animation);
    expect(frames.map(({ milliseconds }) => milliseconds)).toEqual([40, 40, 1000]);
    frames.forEach(({ png, ...place }, i) => {
      expect(decodePng(png, { maximumPixels: 100 })).toEqual(bitmap(50 * i));
      expect(place).toMatchObject({ x: 0, y: 0, width: 5, height: 3, dispose: 'none', blend: 'source' });
    });
  });

  it('finds no frames in an ordinary image', () => {
    expect(splitAnimation(encodePng(bitmap(0)))).toEqual([]);
  });

  it('throws nothing but what is for people, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.nat(animation.length - 1), fc.nat(255), fc.nat(animation.length), (at, byte, length) => {
        const bytes = animation.slice(0, length < 20 ? animation.length : length);
        if (at < bytes.length) bytes[at] = byte;
        try {
          for (const { x, y, width, height } of splitAnimation(bytes)) {
            expect(width * height).toBeGreaterThan(0);
            expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ValueError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
