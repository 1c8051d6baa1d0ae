import { symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBounded, readLastLines } from '../../../src/runs/boundedRead';
import { FileSource } from '../../../src/tensors/byteSource';
import { readsOfNothing } from '../support/readsOfNothing';
import { temporaryFolder } from './support/runs';

describe('readLastLines', () => {
  it('gives a short file whole, and of a long one whole lines from its end', async () => {
    const file = path.join(await temporaryFolder(), 'log');
    await writeFile(file, 'one\ntwö\nthree\n');
    expect(await readLastLines(file, 100)).toEqual({ text: 'one\ntwö\nthree\n', skipped: 0 });
    expect(await readLastLines(file, 8)).toEqual({ text: 'three\n', skipped: 9 });
    // In the middle of the ö.
    expect(await readLastLines(file, 9)).toEqual({ text: 'three\n', skipped: 9 });
    await writeFile(file, '');
    expect(await readLastLines(file, 8)).toEqual({ text: '', skipped: 0 });
  });

  it('gives the end of a line that is longer than the limit', async () => {
    const file = path.join(await temporaryFolder(), 'log');
    await writeFile(file, `first\n${'x'.repeat(100)}`);
    expect(await readLastLines(file, 10)).toEqual({ text: 'x'.repeat(10), skipped: 96 });
  });

  it('reads no more than that of a huge file, and nothing through a link', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'log');
    await writeFile(file, '');
    await truncate(file, 2 ** 40);
    expect(await readLastLines(file, 10)).toEqual({ text: '\0'.repeat(10), skipped: 2 ** 40 - 10 });
    await symlink(file, path.join(folder, 'link'));
    await expect(readLastLines(path.join(folder, 'link'), 10)).rejects.toThrow(/not a regular file/);
  });
});

describe('a file of more than 2 GiB', () => {
  const SIZE = 2 ** 31 + 5;
  const PIECES = [2 ** 30, 2 ** 30, 5];

  it('is read in pieces: asked for more at once, Node ends the process', async () => {
    const file = path.join(await temporaryFolder(), 'large');
    await writeFile(file, '');
    await truncate(file, SIZE);
    const sizes = await readsOfNothing();
    expect(await readBounded(file, 2 ** 32)).toHaveLength(SIZE);
    expect(sizes.splice(0)).toEqual(PIECES);
    const source = await FileSource.open(file);
    await source.read(new Uint8Array(SIZE), 0);
    await source.close();
    expect(sizes).toEqual(PIECES);
  });
});
