import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeProbe } from '../../../../src/host/registry/changeProbe';

const disk = vi.hoisted(() => ({ looks: 0 }));

vi.mock(import('node:fs/promises'), async (original) => {
  const actual = await original();
  const counted = <F extends (...given: never[]) => unknown>(call: F) =>
    ((...given: Parameters<F>) => {
      disk.looks++;
      return call(...given);
    }) as F;
  const { stat, lstat, readdir, opendir } = actual;
  return {
    ...actual,
    ...{ stat: counted(stat), lstat: counted(lstat), readdir: counted(readdir), opendir: counted(opendir) },
  };
});

/** Folders of another program, and how many each has below it: too many for one look. */
const FOLDERS = 40;
const BELOW = 100;
/** A look goes into at most 1,000 folders, with three calls for each, and reads the time of each record. */
const MOST_CALLS = 3 * 1_000 + FOLDERS + 50;
/** By then all of the 4,040 folders have had their turn. */
const LOOKS = 6;

describe('the work of a look for changes', () => {
  let runs: string;
  const folder = (at: number) => path.join(runs, `sweep-${String(at).padStart(3, '0')}`);

  beforeEach(async () => {
    const began = new Date(Date.now() - 60_000);
    runs = await mkdtemp(path.join(tmpdir(), 'latent-probe-'));
    for (let at = 0; at < FOLDERS; at++) {
      await mkdir(folder(at));
      const below = Array.from({ length: BELOW }, (_, trial) => path.join(folder(at), `trial-${trial}`));
      await Promise.all(below.map((trial) => mkdir(trial)));
      await Promise.all([folder(at), ...below].map((each) => utimes(each, began, began)));
    }
  });
  afterEach(() => rm(runs, { recursive: true, force: true }));

  /** How many looks it took until one found a change; undefined where none of as many as there are turns did. */
  async function looksUntilChange(probe: ChangeProbe): Promise<number | undefined> {
    for (let look = 1; look <= LOOKS; look++) if (await probe.changed([runs])) return look;
    return undefined;
  }

  it('is bounded, and every folder has its turn within some looks', { timeout: 60_000 }, async () => {
    const probe = new ChangeProbe();
    for (let look = 0; look < LOOKS; look++) {
      disk.looks = 0;
      expect(await probe.changed([runs])).toBe(false);
      expect(disk.looks).toBeGreaterThan(500);
      expect(disk.looks).toBeLessThan(MOST_CALLS);
    }
    for (const at of [FOLDERS - 1, 0, 17]) {
      await writeFile(path.join(folder(at), 'trial-7', 'events.out.tfevents.1.host'), 'a');
      expect(await looksUntilChange(probe)).toBeDefined();
      expect(await looksUntilChange(probe)).toBeUndefined();
    }
  });

  it('misses no log that begins before its folder has had its first turn', { timeout: 60_000 }, async () => {
    const probe = new ChangeProbe();
    expect(await probe.changed([runs])).toBe(false);
    await writeFile(path.join(folder(FOLDERS - 1), 'trial-7', 'events.out.tfevents.1.host'), 'a');
    expect(await looksUntilChange(probe)).toBeGreaterThan(1);
  });

  it('is not doubled by a look that is asked for while another one is being taken', async () => {
    const probe = new ChangeProbe();
    disk.looks = 0;
    const [first, second] = await Promise.all([probe.changed([runs]), probe.changed([runs])]);
    expect([first, second]).toEqual([false, false]);
    expect(disk.looks).toBeLessThan(MOST_CALLS);
  });
});
