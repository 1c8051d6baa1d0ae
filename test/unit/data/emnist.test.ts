import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { classNames, DataError, learnedLabels, loadDataset, type Wanted } from '../../../src/data';
import { dataSchema, type DataSpecification } from '../../../src/protocol/dataSpecification';
import { temporaryFolder } from '../support/temporaryFolder';
import { valuesOf } from '../support/valuesOf';

/** Bytes of an idx file: magic number, big-endian sizes, data. */
function idx(shape: readonly number[], data: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, Buffer.from(data)]);
}

/** Images of two rows and three columns as EMNIST stores them: column by column. */
const UPRIGHT = [1, 2, 3, 4, 5, 6];
const STORED = [1, 4, 2, 5, 3, 6];
const images = (count: number) => idx([count, 3, 2], Array.from({ length: count }, () => STORED).flat());

async function emnist(split: string, labels = [1, 2, 26], packed = false, folder?: string): Promise<string> {
  folder ??= await temporaryFolder();
  const write = (name: string, bytes: Buffer) =>
    writeFile(path.join(folder, `emnist-${split}-${name}${packed ? '.gz' : ''}`), packed ? gzipSync(bytes) : bytes);
  await write('train-images-idx3-ubyte', images(3));
  await write('train-labels-idx1-ubyte', idx([3], labels));
  await write('test-images-idx3-ubyte', images(1));
  await write('test-labels-idx1-ubyte', idx([1], labels.slice(0, 1)));
  return folder;
}

const load = (folder: string, data: Partial<DataSpecification> = {}, wanted: Wanted = 'whole') =>
  loadDataset(dataSchema.parse({ set: 'idx', path: folder, ...data }), { base: '/', assets: '' }, wanted);

describe('a folder of EMNIST', () => {
  it.each<[string, boolean, Wanted]>([
    ['balanced', false, 'whole'],
    ['balanced', false, 'lazily'],
    ['byclass', true, 'whole'],
    ['digits', true, 'lazily'],
  ])(
    'of %s (compressed: %s, read %s) gives upright images and says that it turned them',
    async (split, packed, wanted) => {
      const set = await load(await emnist(split, [0, 1, 2], packed), {}, wanted);
      expect(set.name).toBe(`EMNIST ${split}`);
      expect(set.shape).toEqual({ kind: 'image', shape: [2, 3, 1] });
      expect([...valuesOf(set.train)]).toEqual([...UPRIGHT, ...UPRIGHT, ...UPRIGHT]);
      // Read again: images that are turned at each access would lie down every other time.
      expect([...valuesOf(set.test)]).toEqual(UPRIGHT);
      expect([...valuesOf(set.test)]).toEqual(UPRIGHT);
      expect([...set.train.labels!]).toEqual([0, 1, 2]);
      expect(set.remarks).toEqual([expect.stringContaining('turned upright')]);
    },
  );

  it('of letters counts its labels from 0, and names them by the mapping', async () => {
    const folder = await emnist('letters');
    const lines = Array.from({ length: 26 }, (_, letter) => `${letter + 1} ${65 + letter} ${97 + letter}`);
    await writeFile(path.join(folder, 'emnist-letters-mapping.txt'), `${lines.join('\n')}\n`);
    const set = await load(folder);
    expect([...set.train.labels!]).toEqual([0, 1, 25]);
    expect(learnedLabels(set)).toEqual([0, 1, 25]);
    expect(classNames(set)!.join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    expect(set.remarks![1]).toContain('1 to 26 in the files');
    await expect(load(await emnist('letters', [0, 1, 2]))).rejects.toThrow('labels of EMNIST letters');
  });

  it('of other splits names its classes by the mapping, and by numbers without one', async () => {
    const folder = await emnist('bymerge', [0, 10, 46]);
    expect(classNames(await load(folder))![46]).toBe('46');
    await writeFile(path.join(folder, 'emnist-bymerge-mapping.txt'), '0 48\r\n10 65\r\n46 116\r\n');
    const named = classNames(await load(folder))!;
    expect([named.length, named[0], named[10], named[46]]).toEqual([47, '0', 'A', 't']);
    await writeFile(path.join(folder, 'emnist-bymerge-mapping.txt'), '0 48\n1 x\n');
    await expect(load(folder)).rejects.toThrow('Line 2 of');
  });

  it('with several splits asks which', async () => {
    const folder = await emnist('balanced', [0, 1, 2]);
    await emnist('digits', [3, 4, 5], false, folder);
    const error = await load(folder).catch((reason: unknown) => reason as DataError);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toContain('2 splits of EMNIST: balanced, digits');
    expect((error as DataError).remedy).toContain('Set data.split');
    expect([...(await load(folder, { split: 'digits' })).train.labels!]).toEqual([3, 4, 5]);
    await expect(load(folder, { split: 'letters' })).rejects.toThrow('which holds only balanced, digits');
  });

  it('without its test images is refused, and one of MNIST beside it is read as before', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'emnist-mnist-train-images-idx3-ubyte'), images(2));
    await expect(load(folder)).rejects.toThrow('no emnist-mnist-test-images-idx3-ubyte');
    await writeFile(path.join(folder, 'train-images-idx3-ubyte'), images(2));
    await writeFile(path.join(folder, 't10k-images-idx3-ubyte'), images(1));
    expect([...valuesOf((await load(folder)).test)]).toEqual(STORED);
  });
});

describe('folders in MNIST’s format', () => {
  it.each([
    ['fashion-mnist', 'Fashion-MNIST', 'T-shirt/top'],
    ['FashionMNIST/raw', 'Fashion-MNIST', 'T-shirt/top'],
    ['KMNIST/raw', 'KMNIST', 'お'],
    ['mine', 'mine', '0'],
    ['my-fashion-shoes', 'my-fashion-shoes', '0'],
  ])('%s is %s, and its first class %s', async (name, title, first) => {
    const folder = path.join(await temporaryFolder(), name);
    await mkdir(folder, { recursive: true });
    for (const [split, count] of [
      ['train', 10],
      ['t10k', 2],
    ] as const) {
      const labels = Array.from({ length: count }, (_, row) => row);
      await writeFile(path.join(folder, `${split}-images-idx3-ubyte.gz`), gzipSync(images(count)));
      await writeFile(path.join(folder, `${split}-labels-idx1-ubyte.gz`), gzipSync(idx([count], labels)));
    }
    const set = await load(folder);
    expect(set.name).toBe(title);
    expect(classNames(set)![0]).toBe(first);
    expect(set.remarks).toBeUndefined();
    expect([...valuesOf(set.test)].slice(0, 6)).toEqual(STORED);
  });
});
