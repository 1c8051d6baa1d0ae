import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../../src/data';
import { listImages } from '../../../../src/data/images/listing';
import { temporaryFolder } from '../../support/temporaryFolder';

async function folderWith(files: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const file of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), 'x');
  }
  return folder;
}

const many = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}.png`);
const labelsByFile = ({ images }: Awaited<ReturnType<typeof listImages>>) =>
  Object.fromEntries(images.map(({ file, label }) => [file, label]));

describe('the images of a folder', () => {
  it('are files with the names of images, at any depth, but not hidden ones nor links that lead out', async () => {
    const elsewhere = await folderWith(['secret.png']);
    const folder = await folderWith([
      'a.PNG',
      'b/c.jpeg',
      'b/d/e.webp',
      'notes.txt',
      '.hidden.png',
      '.git/f.png',
      'g.bmp',
    ]);
    await symlink(path.join(elsewhere, 'secret.png'), path.join(folder, 'out.png'));
    await symlink(elsewhere, path.join(folder, 'outside'));
    await symlink(folder, path.join(folder, 'b', 'loop'));
    await symlink(path.join(folder, 'a.PNG'), path.join(folder, 'in.png'));
    const { images, remarks } = await listImages(folder, 0.1);
    expect(images.map(({ file }) => file).sort()).toEqual(['a.PNG', 'b/c.jpeg', 'b/d/e.webp', 'g.bmp', 'in.png']);
    expect(remarks).toEqual(['Links out of the folder were passed over: 1.']);
  });

  it('have the names of the first sub-folders as labels, if all are in one', async () => {
    const labeled = await listImages(await folderWith(['eel/1.png', 'cat/deep/2.png', 'dog/3.png', 'cat/4.png']), 0.5);
    expect(labeled.classes).toEqual(['cat', 'dog', 'eel']);
    expect(labelsByFile(labeled)).toEqual({ 'eel/1.png': 2, 'cat/deep/2.png': 0, 'dog/3.png': 1, 'cat/4.png': 0 });
    for (const files of [
      ['cat/1.png', 'dog/2.png', '3.png'],
      ['1.png', '2.png'],
      ['all/1.png', 'all/2.png'],
    ]) {
      expect((await listImages(await folderWith(files), 0.5)).classes).toBeUndefined();
    }
    const nested = await listImages(await folderWith(['archive/cat/1.png', 'archive/dog/2.png']), 0.5);
    expect(nested.classes).toEqual(['cat', 'dog']);
  });

  it('have no labels where bytes could not number them, and say so', async () => {
    const { classes, remarks } = await listImages(await folderWith(many('', 257).map((file) => `${file}/1.png`)), 0.1);
    expect(classes).toBeUndefined();
    expect(remarks).toEqual(['The 257 sub-folders are no labels: there may be 256 classes at most.']);
  });

  it('are split by folders named train and test, with the labels inside them', async () => {
    const files = ['train/cat/1.png', 'train/dog/2.png', 'Test/dog/3.png', 'other/4.png'];
    const listing = await listImages(await folderWith(files), 0.9);
    expect(listing).toMatchObject({ split: true, tests: 1, classes: ['cat', 'dog'] });
    expect(listing.images[0]).toMatchObject({ file: 'Test/dog/3.png', label: 1 });
    expect(listing.images).toHaveLength(3);
    expect(listing.remarks).toEqual(['Images outside of the folders “train” and “Test” are not used: 1.']);
  });

  it('are split and ordered by their names alone: more files leave the others where they were', async () => {
    const folder = await folderWith(many('a', 400));
    const testsOf = async () => {
      const { images, tests } = await listImages(folder, 0.2);
      return { tests: images.slice(0, tests).map(({ file }) => file), all: images.map(({ file }) => file) };
    };
    const before = await testsOf();
    expect(before.tests.length / 400).toBeCloseTo(0.2, 1);
    expect(before.all).not.toEqual(before.all.toSorted());
    for (const file of many('b', 100)) await writeFile(path.join(folder, file), 'x');
    const after = await testsOf();
    expect(after.all.filter((file) => file.startsWith('a'))).toEqual(before.all);
    expect(after.tests.filter((file) => file.startsWith('a'))).toEqual(before.tests);
    // The folder itself may be anywhere.
    await rename(folder, `${folder}-moved`);
    expect((await listImages(`${folder}-moved`, 0.2)).images.map(({ file }) => file)).toEqual(after.all);
    await rename(`${folder}-moved`, folder);
  });

  it('are at least one on each side, however few there are', async () => {
    const folder = await folderWith(['1.png', '2.png', '3.png']);
    expect((await listImages(folder, 0.001)).tests).toBe(1);
    expect((await listImages(folder, 0.999)).tests).toBe(2);
  });

  it('are missed with words that say what would be found', async () => {
    const failure = async (folder: string) =>
      listImages(folder, 0.1).then(
        () => undefined,
        (error: unknown) => error,
      );
    const empty = await folderWith(['notes.txt']);
    expect(await failure(empty)).toMatchObject({ message: `There are no images in ${empty}.` });
    const single = await folderWith(['1.png']);
    expect(await failure(single)).toMatchObject({ message: `There is a single image in ${single}.` });
    expect(await failure(path.join(empty, 'absent'))).toBeInstanceOf(DataError);
  });
});
