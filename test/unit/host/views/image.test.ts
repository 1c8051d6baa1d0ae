import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { pack } from '../../../../src/protocol/packing';
import { checkImage } from '../../../../src/host/views/image';

const png = (width: number, height: number) => new Uint8Array(PNG.sync.write(new PNG({ width, height })));
const logged = (bytes: Uint8Array) => ({ step: 3, width: 1, height: 1, bytes });

/** SOI, a comment, and the frame header of a baseline JPEG of the given size. */
const jpeg = (width: number, height: number) =>
  Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xfe, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8],
    ...[height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0],
  ]);

describe('an image of a log', () => {
  it('goes to the page with the size that the image itself states', () => {
    expect(checkImage(logged(png(7, 5))).image).toMatchObject({ mime: 'image/png', width: 7, height: 5, step: 3 });
    expect(checkImage(logged(jpeg(300, 200))).image).toMatchObject({ mime: 'image/jpeg', width: 300, height: 200 });
  });

  it('is refused when it would take a gigabyte to draw, whatever the log announces', () => {
    const bytes = png(1, 1);
    new DataView(bytes.buffer).setUint32(16, 65_535);
    new DataView(bytes.buffer).setUint32(20, 65_535);
    expect(checkImage(logged(bytes)).problem).toMatch(/too large/);
    expect(checkImage(logged(jpeg(65_535, 65_535))).problem).toMatch(/too large/);
  });

  it('is refused when it is too many bytes for one message', () => {
    const bytes = new Uint8Array(16 * 1024 * 1024 + 1);
    bytes.set(png(7, 5));
    expect(checkImage(logged(bytes)).problem).toBe('The image takes 16 MiB in the log, which is too large to show.');
  });

  it('is refused when it is something else', () => {
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    expect(checkImage(logged(svg)).problem).toMatch(/neither/);
    expect(checkImage(logged(new Uint8Array(0))).problem).toMatch(/neither/);
    expect(checkImage(logged(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0]))).problem).toMatch(
      /neither/,
    );
  });

  it('travels alone, not with the buffer that it was read into', () => {
    const pool = new Uint8Array(10_000);
    pool.set(png(2, 2), 100);
    const { image } = checkImage(logged(pool.subarray(100, 100 + png(2, 2).length)));
    expect(pack(image).size).toBe(image!.bytes.length);
  });
});
