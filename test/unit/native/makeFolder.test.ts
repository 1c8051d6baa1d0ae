import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeCacheFolder, makeFolder } from '../../../src/native/makeFolder';
import { temporaryFolder } from '../support/temporaryFolder';

const modeOf = async (folder: string) => (await stat(folder)).mode & 0o777;

describe('making a folder', () => {
  it('makes those around it too, and gives the mode to the last one alone', async () => {
    const root = await temporaryFolder();
    await makeFolder(path.join(root, 'a', 'b', 'c'), 0o700);
    expect(await modeOf(path.join(root, 'a', 'b', 'c'))).toBe(0o700);
    await mkdir(path.join(root, 'usual'));
    expect(await modeOf(path.join(root, 'a', 'b'))).toBe(await modeOf(path.join(root, 'usual')));
  });

  it('leaves one that is there as it is', async () => {
    const root = await temporaryFolder();
    await mkdir(path.join(root, 'a'));
    await chmod(path.join(root, 'a'), 0o750);
    await makeFolder(path.join(root, 'a'), 0o700);
    expect(await modeOf(path.join(root, 'a'))).toBe(0o750);
  });

  it('may be done by several at the same time', async () => {
    const folder = path.join(await temporaryFolder(), 'a', 'b', 'c', 'd');
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(folder)));
    expect((await stat(folder)).isDirectory()).toBe(true);
  });

  it('comes to an end where nothing can be made, with the system’s own reason', async () => {
    // The kernel's file system refuses everybody; Node's recursive mkdir would say that something is missing.
    await expect(makeFolder('/sys/latent/cache')).rejects.toMatchObject({
      code: expect.stringMatching(/^(EACCES|EPERM|EROFS)$/) as string,
    });
  });

  it('says of a file in its place, or on the way, what it is', async () => {
    const file = path.join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(path.join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

it('a cache that cannot be created is reported with the reason, and how to choose another', async () => {
  const file = path.join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(makeCacheFolder(path.join(file, 'cache'))).rejects.toMatchObject({
    code: 'disk',
    message: `TensorFlow cannot be kept in ${file}/cache: part of its path is not a folder.`,
    next: expect.stringContaining('LATENT_STUDIO_CACHE') as string,
  });
});
