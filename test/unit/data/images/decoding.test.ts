import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { tried } from '../../../../src/data/images/decodeFiles';
import { requirePeers } from '../../support/python';
import { temporaryFolder } from '../../support/temporaryFolder';

const SIZE = 48;
type Seen = Record<'crop' | 'fit', Record<'rgb' | 'gray', number[]>>;

/** Of 255: libvips and Pillow round otherwise, and filter the borders of an image otherwise. */
const TOLERANCE = { mean: 0.8, most: 5 };
const OTHER: Readonly<Record<string, typeof TOLERANCE>> = {
  // Pixels that are black or white show the difference between two Lanczos filters.
  'bits1.png': { mean: 3, most: 24 },
  'bits1.bmp': { mean: 3, most: 24 },
  // libwebp scales while it decodes, which softens the border of the transparent half.
  'alpha.webp': { mean: 0.8, most: 20 },
  // Without a profile in the file, libvips assumes that of a printing press, while Pillow subtracts from white.
  'cmyk.jpg': { mean: 35, most: 150 },
};

it('gives the pixels that Pillow gives, and refuses what is no image or is damaged', async (context) => {
  const python = requirePeers(context);
  const folder = await temporaryFolder();
  const script = path.join(import.meta.dirname, '..', '..', '..', 'peers', 'images_peer.py');
  const { stdout } = await promisify(execFile)(python, [script, 'write', folder, `${SIZE}`, `${SIZE}`], {
    maxBuffer: 1 << 28,
  });
  const files = Object.entries(JSON.parse(stdout) as Record<string, Seen | null>);
  expect(files.filter(([, seen]) => seen !== null).length).toBeGreaterThan(30);
  const wrong: string[] = [];
  for (const [name, seen] of files) {
    for (const fit of ['crop', 'fit'] as const) {
      for (const channels of [1, 3] as const) {
        const image = await tried(path.join(folder, name), { height: SIZE, width: SIZE, channels, fit });
        const what = `${name}, ${fit}, ${channels}`;
        if (seen === null) {
          if (typeof image !== 'string') wrong.push(`${what}: decoded`);
        } else if (typeof image === 'string') wrong.push(`${what}: ${image}`);
        else {
          const expected = seen[fit][channels === 3 ? 'rgb' : 'gray'];
          const differences = expected.map((value, at) => Math.abs(value - image[at]!));
          const mean = differences.reduce((sum, value) => sum + value, 0) / expected.length;
          const { mean: allowed, most } = OTHER[name] ?? TOLERANCE;
          if (image.length !== expected.length || mean > allowed || Math.max(...differences) > most) {
            wrong.push(`${what}: off by ${mean.toFixed(2)}, at most ${Math.max(...differences)}`);
          }
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});
