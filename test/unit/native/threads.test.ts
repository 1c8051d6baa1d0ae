import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseThreads, locateTensorFlow } from '../../../src/native';
import { candidates, fewestWorthIt } from '../../../src/native/threads';
import { WITHOUT_TENSORFLOW } from '../support/backends';
import { temporaryFolder } from '../support/temporaryFolder';

afterEach(() => vi.unstubAllEnvs());

describe('the choice of threads', () => {
  it.each([
    [2, [1, 2]],
    [6, [1, 2, 4, 6]],
    [8, [1, 2, 4, 8]],
  ])('tries powers of two and all of %i cores', (cores, expected) => {
    expect(candidates(cores)).toEqual(expected);
  });

  it('takes more threads only where they bring more than a twentieth', () => {
    expect(fewestWorthIt({ 1: 10, 2: 5, 4: 4.9 })).toBe(2);
    expect(fewestWorthIt({ 1: 5, 2: 7 })).toBe(1);
    expect(fewestWorthIt({ 1: 10, 2: 8, 4: 6, 8: 4 })).toBe(8);
  });

  it.skipIf(WITHOUT_TENSORFLOW || os.availableParallelism() === 1)(
    'measures every candidate once and remembers',
    async () => {
      const location = await locateTensorFlow();
      vi.stubEnv('LATENT_STUDIO_CACHE', await temporaryFolder());
      const chosen = await chooseThreads(location!, 'convolutional');
      const file = path.join(process.env['LATENT_STUDIO_CACHE']!, 'threads.json');
      const text = await readFile(file, 'utf8');
      const [measured] = Object.values(JSON.parse(text) as Record<string, { threads: number; milliseconds: object }>);
      expect(Object.keys(measured!.milliseconds)).toEqual(candidates(os.availableParallelism()).map(String));
      expect(measured!.threads).toBe(chosen);
      expect(await chooseThreads(location!, 'convolutional')).toBe(chosen);
      // A second measurement would have other times.
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );
});
