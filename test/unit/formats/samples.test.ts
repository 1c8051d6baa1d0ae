import { describe, expect, it } from 'vitest';
import { samplesPicture } from '../../../src/formats/samples';
import { scatter } from '../../../src/formats/scatter';

/** Columns and rows of the pixels that are not black. */
function lit({ width, data }: ReturnType<typeof scatter>) {
  return [...data.entries()]
    .filter(([, value]) => value > 0)
    .map(([at]) => [at % width, Math.floor(at / width)] as const);
}

describe('points as a picture', () => {
  it('lie to one scale on both axes, y upwards, around the middle', () => {
    const picture = scatter(Float32Array.of(-2, 0, 2, 0, 0, 1), { side: 200 });
    expect([picture.width, picture.height, picture.channels]).toEqual([200, 200, 1]);
    const pixels = lit(picture);
    // Marks of 3 × 3 pixels: those of the ends are 180 pixels apart, and the third lies 45 above them.
    expect(Math.min(...pixels.map(([column]) => column))).toBe(9);
    expect(Math.max(...pixels.map(([column]) => column))).toBe(191);
    const ends = pixels.filter(([column]) => column < 50).map(([, row]) => row);
    const middle = pixels.filter(([column]) => column > 80 && column < 120).map(([, row]) => row);
    expect(Math.min(...ends) - Math.min(...middle)).toBe(45);
  });

  it('are lighter where many lie', () => {
    const { data } = scatter(Float32Array.of(0, 0, 0, 0, 5, 5), { side: 50 });
    const levels = [...new Set(data)].sort((a, b) => a - b);
    expect(levels).toEqual([0, 90, 180]);
  });

  it('may be one, none, or not finite', () => {
    expect(lit(scatter(Float32Array.of(3, 7)))).toHaveLength(9);
    expect(lit(scatter(new Float32Array(0)))).toHaveLength(0);
    expect(lit(scatter(Float32Array.of(NaN, 1, 3, Infinity)))).toHaveLength(0);
    expect(() => scatter(new Float32Array(3))).toThrow('not points');
  });
});

describe('samples as a picture', () => {
  it('are a grid of images, or a scatter of points of two coordinates', () => {
    const images = samplesPicture({ count: 2, height: 1, width: 1, channels: 1, columns: 2 }, Uint8Array.of(7, 9));
    expect([images.width, images.height, images.data[0], images.data[2]]).toEqual([3, 1, 7, 9]);
    const points = new Uint8Array(Float32Array.of(1, 2).buffer);
    expect(lit(samplesPicture({ count: 1, size: 2 }, points))).toHaveLength(9);
    expect(() => samplesPicture({ count: 1, size: 3 }, new Uint8Array(12))).toThrow('write them to a .csv file');
  });
});
