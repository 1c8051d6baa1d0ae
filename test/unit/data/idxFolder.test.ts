import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError, loadDataset } from '../../../src/data';
import { valuesOf } from '../support/valuesOf';

/** Bytes of an idx file: magic number, big-endian sizes, data. */
function idx(shape: readonly number[], data: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, Buffer.from(data)]);
}

const range = (count: number, start = 0) => Array.from({ length: count }, (_, index) => (start + index) % 256);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'idx-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Record<string, Buffer>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes);
}

const whole = () => ({
  'train-images-idx3-ubyte': idx([3, 2, 2], range(12)),
  'train-labels-idx1-ubyte': idx([3], [7, 8, 9]),
  't10k-images-idx3-ubyte': idx([2, 2, 2], range(8, 100)),
  't10k-labels-idx1-ubyte': idx([2], [1, 2]),
});

const load = (limit?: number, lazily = false) =>
  loadDataset(
    { set: 'idx', path: path.basename(folder), binarization: 'none', limit },
    { base: path.dirname(folder), assets: '' },
    lazily ? 'lazily' : 'whole',
  );

async function failure(lazily?: boolean): Promise<DataError> {
  const error: unknown = await load(undefined, lazily).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

describe('a folder of idx files', () => {
  it('gives images, labels and their shape', async () => {
    await write(whole());
    const dataset = await load();
    expect(dataset.name).toBe(path.basename(folder));
    expect(dataset.shape).toEqual({ kind: 'image', shape: [2, 2, 1] });
    expect([dataset.train.count, dataset.test.count]).toEqual([3, 2]);
    expect([...valuesOf(dataset.train)]).toEqual(range(12));
    expect([...dataset.test.labels!]).toEqual([1, 2]);
  });

  it('may have its files within folders of their names, beside files of the other name, in any case', async () => {
    const { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels, ...test } = whole();
    for (const name of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte']) await mkdir(path.join(folder, name));
    await write({
      ...test,
      'Train-Images.IDX3-ubyte': images,
      'train-labels-idx1-ubyte/train-labels-idx1-ubyte': labels,
    });
    const { train } = await load();
    expect([...valuesOf(train)]).toEqual(range(12));
    expect([...train.labels!]).toEqual([7, 8, 9]);
  });

  it.each([true, false])(
    'is read by the contents of its files, not by .gz in their names (lazily: %s)',
    async (lazily) => {
      const { 'train-images-idx3-ubyte': images, 't10k-images-idx3-ubyte': test } = whole();
      await write({ 'train-images-idx3-ubyte.gz': images, 't10k-images-idx3-ubyte': gzipSync(test) });
      const dataset = await load(undefined, lazily);
      expect([...valuesOf(dataset.train)]).toEqual(range(12));
      expect([...valuesOf(dataset.test)]).toEqual(range(8, 100));
    },
  );

  it('is cut to the first images by a limit', async () => {
    await write(whole());
    const { train, test } = await load(2);
    expect([train.count, test.count]).toEqual([2, 2]);
    expect([...valuesOf(train)]).toEqual(range(8));
    expect([...train.labels!]).toEqual([7, 8]);
  });

  it('may hold packed files, as Fashion-MNIST comes, and none of the labels', async () => {
    const files = whole();
    await write({
      'train-images-idx3-ubyte.gz': gzipSync(files['train-images-idx3-ubyte']),
      't10k-images-idx3-ubyte.gz': gzipSync(files['t10k-images-idx3-ubyte']),
    });
    const { train } = await load();
    expect([...valuesOf(train)]).toEqual(range(12));
    expect(train.labels).toBeUndefined();
  });

  it('may hold color images', async () => {
    await write({
      'train-images-idx3-ubyte': idx([1, 2, 2, 3], range(12)),
      't10k-images-idx3-ubyte': idx([1, 2, 2, 3], range(12)),
    });
    expect((await load()).shape).toEqual({ kind: 'image', shape: [2, 2, 3] });
  });

  it('that lacks the test images is refused with the names that are looked for', async () => {
    const files: Record<string, Buffer> = whole();
    delete files['t10k-images-idx3-ubyte'];
    await write(files);
    const error = await failure();
    expect(error.message).toContain('t10k-images-idx3-ubyte');
    expect(error.remedy).toContain('.gz');
  });

  it.each([
    ['labels of another count', { 'train-labels-idx1-ubyte': idx([2], [1, 2]) }, /2 labels for the 3 images/],
    ['splits of different sizes', { 't10k-images-idx3-ubyte': idx([2, 1, 2], range(4)) }, /2×2×1.*1×2×1/],
    ['labels in place of images', { 'train-images-idx3-ubyte': idx([3], [1, 2, 3]) }, /train-images.*array of 3;/],
    ['no image at all', { 'train-images-idx3-ubyte': idx([0, 2, 2], []) }, /array of 0×2×2/],
    ['a file that is truncated', { 'train-images-idx3-ubyte': idx([3, 2, 2], range(11)) }, /train-images.*12.*11/],
    ['a page of text', { 'train-images-idx3-ubyte': Buffer.from('<html>not found') }, /train-images.*idx/],
  ])('with %s is refused, and the file is named', async (_what, files, message) => {
    await write({ ...whole(), ...files });
    expect((await failure()).message).toMatch(message);
    expect((await failure(true)).message).toMatch(message);
  });

  it('with anything but a regular file is refused instead of waited for', async () => {
    await write(whole());
    await rm(path.join(folder, 't10k-images-idx3-ubyte'));
    await mkdir(path.join(folder, 't10k-images-idx3-ubyte'));
    await expect(load()).rejects.toThrow(/t10k-images-idx3-ubyte is not a file/);
  });

  it('with a packed file that is damaged is refused', async () => {
    const files: Record<string, Buffer> = whole();
    delete files['train-images-idx3-ubyte'];
    await write({ ...files, 'train-images-idx3-ubyte.gz': gzipSync(idx([3, 2, 2], range(12))).subarray(0, 20) });
    expect((await failure()).message).toMatch(/train-images-idx3-ubyte\.gz.*decompressed/);
  });

  it('that does not exist is named with what its path is relative to', async () => {
    const error: unknown = await loadDataset(
      { set: 'idx', path: 'fashion', binarization: 'none' },
      { base: folder, assets: '' },
    ).catch((reason: unknown) => reason);
    expect((error as DataError).message).toContain(path.join(folder, 'fashion'));
    expect((error as DataError).remedy).toContain(folder);
  });

  it('must be named by the specification', async () => {
    const loading = loadDataset({ set: 'idx', binarization: 'none' }, { base: folder, assets: '' });
    await expect(loading).rejects.toThrow(/where they are/);
  });
});

describe('a folder of idx files that is read lazily', () => {
  const images = () => path.join(folder, 'train-images-idx3-ubyte');

  it('has its counts and labels at once, and images are read when they are asked for, once', async () => {
    await write(whole());
    const { train, shape } = await load(2, true);
    expect([train.count, shape, [...train.labels!]]).toEqual([2, { kind: 'image', shape: [2, 2, 1] }, [7, 8]]);
    await write({ 'train-images-idx3-ubyte': idx([3, 2, 2], range(12, 50)) });
    expect([...valuesOf(train)]).toEqual(range(8, 50));
    await rm(images());
    expect([...valuesOf(train)]).toEqual(range(8, 50));
  });

  it('reports images that were replaced or removed meanwhile', async () => {
    await write(whole());
    const { train } = await load(undefined, true);
    await write({ 'train-images-idx3-ubyte': idx([2, 2, 2], range(8)) });
    expect(() => train.values).toThrow(/train-images.* was replaced: it held an array of 3×2×2 and now .* 2×2×2/);
    await rm(images());
    expect(() => train.values).toThrow(DataError);
    // A pipe would be waited for, by the thread that answers.
    await mkdir(images());
    expect(() => train.values).toThrow(/train-images-idx3-ubyte is not a file/);
  });

  it('may hold packed files, which are read at once', async () => {
    const files: Record<string, Buffer> = whole();
    await write({ ...files, 'train-images-idx3-ubyte.gz': gzipSync(files['train-images-idx3-ubyte']!) });
    await rm(images());
    const { train } = await load(undefined, true);
    expect([...valuesOf(train)]).toEqual(range(12));
  });
});
