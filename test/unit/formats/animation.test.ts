import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { encodeAnimation } from '../../../src/formats/animation';
import type { Bitmap } from '../../../src/formats/grid';
import { decodePng } from '../../../src/formats/png';
import { requirePeers, runPeer } from '../support/python';

function frames(count: number, channels: 1 | 3 = 1): Bitmap[] {
  return Array.from({ length: count }, (_, frame) => {
    const data = Uint8Array.from({ length: 7 * 5 * channels }, (_, i) => (i < frame * 9 ? i * 11 : 0));
    return { width: 7, height: 5, channels, data };
  });
}

describe('encodeAnimation', () => {
  it('writes what Pillow plays: each frame with its delay, behind a still image', async (context) => {
    const python = requirePeers(context);
    const folder = await mkdtemp(path.join(os.tmpdir(), 'latent-animation-'));
    try {
      for (const channels of [1, 3] as const) {
        const all = frames(4, channels);
        const file = path.join(folder, `${channels}.png`);
        await writeFile(file, encodeAnimation(all, 40));
        const pixels = ({ data }: Bitmap) => Buffer.from(data).toString('base64');
        expect(await runPeer(python, 'read_animation.py', file)).toEqual({
          size: [7, 5],
          loop: 0,
          still: true,
          frames: [all[3]!, ...all].map((frame, index) => ({
            pixels: pixels(frame),
            mode: channels === 1 ? 'L' : 'RGB',
            duration: [null, 40, 40, 40, 1000][index],
          })),
        });
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is the finished image to readers that know no animations', () => {
    const all = frames(3, 3);
    const bytes = encodeAnimation(all, 40);
    expect(decodePng(bytes, { maximumPixels: 100 })).toEqual(all[2]);
    const read = PNG.sync.read(Buffer.from(bytes));
    expect([read.width, read.height, read.data[4]]).toEqual([7, 5, all[2]!.data[3]]);
  });

  it('refuses frames that make no animation', () => {
    const [small] = frames(1);
    expect(() => encodeAnimation([], 40)).toThrow(RangeError);
    expect(() => encodeAnimation([small!, frames(1, 3)[0]!], 40)).toThrow('one size');
    expect(() => encodeAnimation([{ ...small!, data: new Uint8Array(3) }], 40)).toThrow(RangeError);
    for (const delay of [0, NaN, -1, 65_536]) expect(() => encodeAnimation([small!], delay)).toThrow('milliseconds');
  });
});
