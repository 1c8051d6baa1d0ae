import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseThreads, type TensorFlowLocation } from '../../../src/native';
import { candidates, fewestWorthIt } from '../../../src/native/threads';
import { temporaryFolder } from '../support/temporaryFolder';

const location = { version: '2.21.0', device: 'cpu' } as TensorFlowLocation;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

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

  it('measures every candidate once for a program, and remembers', async () => {
    vi.stubEnv('LATENT_STUDIO_CACHE', await temporaryFolder());
    vi.spyOn(os, 'availableParallelism').mockReturnValue(4);
    const tried: number[] = [];
    const measure = (threads: number) => {
      tried.push(threads);
      return Promise.resolve({ 1: 9, 2: 4, 4: 3.9 }[threads]!);
    };
    const choose = (program: string) => chooseThreads(location, { program, measure });
    expect(await choose('a')).toBe(2);
    expect(await choose('a')).toBe(2);
    expect(tried).toEqual([1, 2, 4]);
    expect(await choose('b')).toBe(2);
    expect(tried).toHaveLength(6);
    const file = path.join(process.env['LATENT_STUDIO_CACHE']!, 'threads.json');
    const kept = Object.values(JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>);
    expect(kept[0]).toEqual({ threads: 2, milliseconds: { 1: 9, 2: 4, 4: 3.9 } });
  });

  it('is all cores where measuring fails, and tried again the next time', async () => {
    vi.stubEnv('LATENT_STUDIO_CACHE', await temporaryFolder());
    vi.spyOn(os, 'availableParallelism').mockReturnValue(2);
    const measure = vi.fn().mockRejectedValueOnce(new Error('no')).mockResolvedValue(1);
    expect(await chooseThreads(location, { program: 'a', measure })).toBe(2);
    expect(await chooseThreads(location, { program: 'a', measure })).toBe(1);
  });
});
