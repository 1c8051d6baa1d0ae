import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/data';
import { dataSchema } from '../../../src/protocol/dataSpecification';
import { temporaryFolder } from '../support/temporaryFolder';
import { valuesOf } from '../support/valuesOf';

/** A record as the data set's page describes it: the label, then 1,024 bytes each of red, green and blue, row by row. */
function record(label: number, pixel: (row: number, column: number, channel: number) => number): Uint8Array {
  const bytes = [label];
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < 32; row++) {
      for (let column = 0; column < 32; column++) bytes.push(pixel(row, column, channel));
    }
  }
  return Uint8Array.from(bytes);
}

describe('A folder of CIFAR-10', () => {
  let folder: string;
  const write = (name: string, ...records: Uint8Array[]) => writeFile(path.join(folder, name), Buffer.concat(records));
  const load = () => loadDataset(dataSchema.parse({ set: 'cifar10', path: folder }), { base: '/', assets: '/' });

  beforeEach(async () => {
    folder = await temporaryFolder();
    const pixel = (row: number, column: number, channel: number) => (7 * row + 3 * column + 100 * channel) % 256;
    await write(
      'data_batch_1.bin',
      record(3, pixel),
      record(9, () => 1),
    );
    await write(
      'data_batch_2.bin',
      record(0, () => 2),
    );
    await write(
      'test_batch.bin',
      record(8, () => 3),
    );
  });

  it('has images by row, column and color, labels and the names of the classes', async () => {
    const { name, shape, train, test, classes } = await load();
    expect({ name, shape }).toEqual({ name: 'CIFAR-10', shape: { kind: 'image', shape: [32, 32, 3] } });
    expect([train.count, [...train.labels!], test.count, [...test.labels!]]).toEqual([3, [3, 9, 0], 1, [8]]);
    const values = valuesOf(train);
    const at = (row: number, column: number, channel: number) => values[(row * 32 + column) * 3 + channel];
    for (const [row, column, channel] of [
      [0, 0, 0],
      [0, 1, 2],
      [31, 5, 1],
      [17, 31, 2],
    ] as const) {
      expect(at(row, column, channel)).toBe((7 * row + 3 * column + 100 * channel) % 256);
    }
    expect([...valuesOf(train).subarray(3072, 3075), valuesOf(train)[2 * 3072]]).toEqual([1, 1, 1, 2]);
    expect(classes?.[9]).toBe('truck');
    await writeFile(path.join(folder, 'batches.meta.txt'), 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n');
    expect((await load()).classes?.[9]).toBe('j');
  });

  it('is refused by the name of the file that is missing, cut off or of another data set', async () => {
    await write('data_batch_2.bin', record(0, () => 2).subarray(0, 3000));
    await expect(load()).rejects.toThrow('data_batch_2.bin has 3,000 bytes, which is no whole number of images');
    await write(
      'data_batch_2.bin',
      record(0, () => 2),
      record(40, () => 2),
    );
    await expect(load()).rejects.toThrow('Image 1 of data_batch_2.bin');
    await rm(path.join(folder, 'data_batch_2.bin'));
    expect((await load()).train.count).toBe(2);
    await rm(path.join(folder, 'test_batch.bin'));
    await expect(load()).rejects.toThrow('There is no test_batch.bin in');
    await expect(loadDataset(dataSchema.parse({ set: 'cifar10' }), { base: '/', assets: '/' })).rejects.toThrow(
      'requires files of CIFAR-10 but does not say where they are',
    );
  });
});
