import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, copyFile, open, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  BatchSource,
  DataError,
  evaluationBatches,
  loadDataset,
  PrefetchedBatches,
  trainingExamples,
  type BatchOptions,
  type Dataset,
  type ImageLoading,
} from '../../../../src/data';
import { openRows } from '../../../../src/data/images/rowsFile';
import { isStored } from '../../../../src/data/rows';
import { runImageDecoder } from '../../../../src/process/imageDecoder';
import type { DataSpecification } from '../../../../src/protocol/dataSpecification';
import { bundlePrograms } from '../../support/bundles';
import { temporaryFolder } from '../../support/temporaryFolder';
import { valuesOf } from '../../support/valuesOf';
import { imageData, loadingInto, writeImages } from './support';

const PIXELS = 64;
const names = Array.from({ length: 60 }, (_, i) => `${['cat', 'dog'][i % 2]}/${i}.png`);

async function folders() {
  const [images, cache] = [await temporaryFolder(), path.join(await temporaryFolder(), 'images')];
  await writeImages(images, names);
  return { images, cache };
}

const load = (folder: string, images: ImageLoading, changes: Partial<DataSpecification> = {}) =>
  loadDataset(imageData(folder, changes), { base: '/', assets: '', images });
/** The gray values of a data set's images, which number them. */
const numbers = ({ test, train }: Dataset) =>
  [test, train].map((set) => [...valuesOf(set)].filter((_, at) => at % PIXELS === 0));
const kept = async (cache: string) => (await readdir(cache)).filter((name) => name.endsWith('.images'));

async function failure(loading: Promise<unknown>): Promise<unknown> {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error;
}

describe('a folder of images', () => {
  it('is a data set with labels, all images once, at every start the same', async () => {
    const { images, cache } = await folders();
    const loading = loadingInto(cache);
    const data = await load(images, loading, { testShare: 0.3 });
    expect(data).toMatchObject({ name: path.basename(images), classes: ['cat', 'dog'], shape: { shape: [8, 8, 1] } });
    expect(data.test.count + data.train.count).toBe(60);
    const all = numbers(data).flat();
    expect(all.toSorted((a, b) => a - b)).toEqual([...names.keys()]);
    expect([...data.test.labels!, ...data.train.labels!]).toEqual(all.map((number) => number % 2));
    const again = await load(images, loading, { testShare: 0.3 });
    expect(numbers(again)).toEqual(numbers(data));
    expect(loading.decoded).toBe(1);
    // Another share of test images, or fewer images, takes the same decoded images.
    const fewer = await load(images, loading, { testShare: 0.5, limit: 7 });
    expect([fewer.train.count, fewer.test.count, loading.decoded]).toEqual([7, 7, 1]);
  });

  it('leaves out files that cannot be decoded, names them each time, and keeps the labels of the others', async () => {
    const { images, cache } = await folders();
    await writeFile(path.join(images, 'cat', 'broken.png'), 'no pixels');
    await writeFile(path.join(images, 'dog', 'empty.jpg'), '');
    const loading = loadingInto(cache);
    for (const _ of ['decoded', 'from the cache']) {
      const data = await load(images, loading);
      expect(data.images!.used).toBe(60);
      expect(data.images!.skipped.map(({ file }) => file).sort()).toEqual(['cat/broken.png', 'dog/empty.jpg']);
      expect(data.images!.skipped.map(({ reason }) => reason)).toContain('the file is empty');
      expect([...data.test.labels!, ...data.train.labels!]).toEqual(
        numbers(data)
          .flat()
          .map((number) => number % 2),
      );
    }
    expect(loading.decoded).toBe(1);
  });

  it('is decoded again when a file changes, or the size does, but not more often', async () => {
    const { images, cache } = await folders();
    const loading = loadingInto(cache);
    const first = await load(images, loading);
    await utimes(path.join(images, names[3]!), 1, 1);
    const touched = await load(images, loading);
    // The same pixels are the same data.
    expect([loading.decoded, touched.images!.fingerprint]).toEqual([2, first.images!.fingerprint]);
    await copyFile(path.join(images, names[5]!), path.join(images, names[3]!));
    const changed = await load(images, loading);
    expect([loading.decoded, changed.images!.fingerprint === first.images!.fingerprint]).toEqual([3, false]);
    for (const size of [9, 10, 11]) await load(images, loading, { size });
    expect([loading.decoded, (await kept(cache)).length]).toEqual([6, 3]);
    await load(images, loading, { size: 11 });
    expect(loading.decoded).toBe(6);
  });

  it.each([
    ['a row', async (file: string) => overwrite(file, 4096 + 70)],
    ['the index', async (file: string) => overwrite(file, (await stat(file)).size - 5)],
    ['the header', async (file: string) => overwrite(file, 3)],
    ['its end', async (file: string) => truncate(file, (await stat(file)).size - 1)],
    ['its length', async (file: string) => appendFile(file, 'more')],
  ])('is decoded again when %s of its cache is damaged', async (_, damage) => {
    const { images, cache } = await folders();
    const loading = loadingInto(cache);
    const before = numbers(await load(images, loading));
    await damage(path.join(cache, (await kept(cache))[0]!));
    expect(numbers(await load(images, loading))).toEqual(before);
    expect(numbers(await load(images, loading))).toEqual(before);
    expect(loading.decoded).toBe(2);
  });

  it('is decoded into a temporary file where the cache cannot be written to', async () => {
    const { images, cache } = await folders();
    await writeFile(cache, 'a file in its place');
    const loading = loadingInto(path.join(cache, 'images'), { memory: 0 });
    const data = await load(images, loading);
    expect(
      numbers(data)
        .flat()
        .toSorted((a, b) => a - b),
    ).toEqual([...names.keys()]);
  });

  it('says what to do when the disk is full, and leaves nothing behind', async () => {
    const { images, cache } = await folders();
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const error = await failure(load(images, loadingInto(cache, { decode: () => Promise.reject(full) })));
    expect(error).toMatchObject({ message: `The disk of ${cache}, where decoded images are kept, is full.` });
    expect(await readdir(cache)).toEqual([]);
  });

  it('is refused where nothing is left for testing', async () => {
    const folder = await temporaryFolder();
    await writeImages(folder, ['1.png', '2.png']);
    await writeFile(path.join(folder, '1.png'), '');
    const error = await failure(load(folder, loadingInto(path.join(await temporaryFolder(), 'images'))));
    expect(error).toMatchObject({ message: expect.stringMatching(/1\.png: the file is empty\.$/) });
  });
});

async function overwrite(file: string, position: number): Promise<void> {
  const handle = await open(file, 'r+');
  const { buffer } = await handle.read(new Uint8Array(1), 0, 1, position);
  await handle.write(Uint8Array.of(255 - buffer[0]!), 0, 1, position);
  await handle.close();
}

describe('images that do not fit into memory', () => {
  let programs: Awaited<ReturnType<typeof bundlePrograms>>;
  beforeAll(async () => {
    programs = await bundlePrograms();
  });
  afterAll(() => programs.remove());
  const options: BatchOptions = { batch: 16, seed: 5, binarization: 'none', scaling: 'unit' };

  async function both() {
    const { images, cache } = await folders();
    const [resident, stored] = [
      await load(images, loadingInto(cache)),
      await load(images, loadingInto(cache, { memory: 4 * 60 * PIXELS - 4 })),
    ];
    expect([resident, stored].map(({ train }) => isStored(train.values))).toEqual([false, true]);
    return { resident, stored, cache };
  }

  it('are read from the cache by row: evaluations, batches and limits are those of images in memory', async () => {
    const { resident, stored } = await both();
    const evaluated = ({ train }: Dataset) => [...evaluationBatches(train, { ...options, scaling: 'dequantized' })];
    expect(evaluated(stored)).toEqual(evaluated(resident));
    expect(trainingExamples(stored.train, [8, 8, 1], 'none', 'unit').values).toBeUndefined();
    const batches = new PrefetchedBatches(stored.train, options, programs.batchWorker);
    onTestFinished(() => batches.dispose());
    const source = new BatchSource(resident.train, options);
    const values = valuesOf(resident.train);
    for (const step of [0, 1, 2, 9, 10, 3]) {
      const { rows } = source.batch(step);
      const expected = [...rows].flatMap((row) => [...values.subarray(row * PIXELS, (row + 1) * PIXELS)]);
      expect([...batches.unscaled(step)]).toEqual(expected.map((byte) => Math.fround(byte / 255)));
    }
  });

  it('end the training with their reason when the cache is damaged meanwhile', async () => {
    const { stored, cache } = await both();
    await truncate(path.join(cache, (await kept(cache))[0]!), 5000);
    const batches = new PrefetchedBatches(stored.train, options, programs.batchWorker);
    onTestFinished(() => batches.dispose());
    expect(() => {
      for (let step = 0; step < 5; step++) batches.unscaled(step);
    }).toThrow(/decoded images in .* are damaged/);
  });

  it('stay readable when the cache is removed while they are in use', async () => {
    const { resident, stored, cache } = await both();
    await rm(cache, { recursive: true });
    expect(numbers(stored)).toEqual(numbers(resident));
  });

  it('are decoded by two processes at once without harm', async () => {
    const { images, cache } = await folders();
    const decode: ImageLoading['decode'] = (job) =>
      runImageDecoder({ job: 'decode', ...job }, { decoder: programs.imageDecoder });
    const loaded = await Promise.all([1, 2].map(() => load(images, loadingInto(cache, { decode }))));
    expect(numbers(loaded[0]!)).toEqual(numbers(loaded[1]!));
    expect(await readdir(cache)).toEqual(await kept(cache));
    const third = loadingInto(cache);
    expect(numbers(await load(images, third))).toEqual(numbers(loaded[0]!));
    expect(third.decoded).toBe(0);
  });

  it('are decoded only as long as the process that asked for it is there', async () => {
    const { images } = await folders();
    const out = path.join(await temporaryFolder(), 'out');
    const decoder = spawn(process.execPath, [programs.imageDecoder], { stdio: ['pipe', 'pipe', 'ignore'] });
    const files = Array.from({ length: 200_000 }, (_, i) => names[i % names.length]!);
    const job = { job: 'decode', root: images, files, options: { height: 8, width: 8, channels: 1, fit: 'crop' }, out };
    decoder.stdin.write(`${JSON.stringify({ ...job, key: 'k' })}\n`);
    await once(decoder.stdout, 'data');
    const exit = once(decoder, 'exit');
    decoder.stdin.end();
    expect(await exit).toEqual([1, null]);
    expect(openRows(out, 'k', PIXELS)).toBeUndefined();
  });
});
