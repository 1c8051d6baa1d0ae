import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/lib/chromium.mjs';
import { encodeGif } from '../../webview/latent/export/gif';
import { seededRandom } from '../../webview/latent/maths/random';
import type { Pixels } from '../../webview/latent/model/pixels';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Red, green and blue of every pixel of every frame, as the browser's own decoder reads them. */
async function decode(gif: Uint8Array): Promise<number[][]> {
  const page = await browser.newPage();
  try {
    // ImageDecoder exists in secure contexts, of which the local machine is one.
    await page.route('http://127.0.0.1/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>' }));
    await page.goto('http://127.0.0.1/');
    return await page.evaluate(async (bytes) => {
      const decoder = new ImageDecoder({ data: Uint8Array.from(bytes), type: 'image/gif' });
      await decoder.tracks.ready;
      await decoder.completed;
      const frames: number[][] = [];
      for (let i = 0; i < decoder.tracks.selectedTrack!.frameCount; i++) {
        const { image } = await decoder.decode({ frameIndex: i });
        const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        frames.push(Array.from(data).filter((_, at) => at % 4 !== 3));
      }
      return frames;
    }, Array.from(gif));
  } finally {
    await page.close();
  }
}

const random = seededRandom(4);
function noise(width: number, height: number, channels: number): Pixels {
  const data = Uint8Array.from({ length: width * height * channels }, () => Math.floor(random() * 256));
  return { width, height, channels, data };
}

describe('an animation', () => {
  it('keeps gray images exactly, through several tables of codes', async () => {
    // Noise of this size needs far more than 4,096 codes.
    const images = [noise(120, 100, 1), noise(120, 100, 1)];
    const frames = await decode(encodeGif(images, 50));
    expect(frames).toEqual(images.map(({ data }) => Array.from(data).flatMap((value) => [value, value, value])));
  });

  it('enlarges pixels, and has images that are all one color', async () => {
    const flat: Pixels = { width: 3, height: 2, channels: 1, data: Uint8Array.from([9, 9, 9, 9, 9, 200]) };
    const [frame] = await decode(encodeGif([flat], 50, 2));
    const row = [9, 9, 9, 9, 200, 200].flatMap((value) => [value, value, value]);
    expect(frame!.slice(-2 * row.length)).toEqual([...row, ...row]);
    expect(new Set(frame!.slice(0, 2 * row.length))).toEqual(new Set([9]));
  });

  it('has near colors where there are too many', async () => {
    const image = noise(40, 40, 3);
    const [frame] = await decode(encodeGif([image], 50));
    const distances = frame!.map((value, i) => Math.abs(value - image.data[i]!));
    expect(Math.max(...distances)).toBeLessThan(64);
    expect(mean(distances)).toBeLessThan(14);
    expect(() => encodeGif([], 50)).toThrow(RangeError);
  });

  it('has the colors of what is shown, as of a face: hardly one is seen to differ', async () => {
    // Skin and its shade, with all between: a twentieth of all colors, and 1,600 different ones.
    const data = Uint8Array.from({ length: 40 * 40 * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % 40, Math.floor(i / 120)];
      return [120 + 3 * x, 80 + 2 * x + y, 60 + 2 * y][i % 3]!;
    });
    const [frame] = await decode(encodeGif([{ width: 40, height: 40, channels: 3, data }], 50));
    const distances = frame!.map((value, i) => Math.abs(value - data[i]!));
    expect(mean(distances)).toBeLessThan(3);
    expect(Math.max(...distances)).toBeLessThan(12);
  });

  it('takes many colors of which most are one', async () => {
    const image = noise(40, 40, 3);
    image.data.fill(77, 1200);
    const [frame] = await decode(encodeGif([image], 50));
    expect(new Set(frame!.slice(1200))).toEqual(new Set([77]));
  });
});

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
