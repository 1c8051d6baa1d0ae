import { open, readFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, reasonOf } from '../common/systemError';
import type { DataShape } from '../protocol/capabilities';
import { DataError } from './error';
import type { ExampleSet, Split } from './exampleSet';

const SIDE = 32;
const CHANNELS = 3;
const PIXELS = SIDE * SIDE;
/** A label and the image: its red, its green and its blue pixels, row by row. */
const RECORD_BYTES = 1 + CHANNELS * PIXELS;
const FILES: Readonly<Record<Split, readonly string[]>> = {
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
};
const NAMES_FILE = 'batches.meta.txt';
const NAMES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const ADVICE = 'The folder of the binary version contains data_batch_1.bin to data_batch_5.bin and test_batch.bin.';
/** Far above the 10,000 images of a batch, and small enough to be read at once. */
const LARGEST_FILE = 2 ** 30;

/**
 * CIFAR-10 in its binary version (Krizhevsky 2009): images [32, 32, 3] with labels from 0 to 9. A folder with fewer training
 * batches is a smaller data set, as long as it has the first. Throws {@link DataError}.
 */
export async function readCifarFolder(
  folder: string,
): Promise<{ train: ExampleSet; test: ExampleSet; shape: DataShape; classes: readonly string[] }> {
  return {
    train: await readSplit(folder, 'train'),
    test: await readSplit(folder, 'test'),
    shape: { kind: 'image', shape: [SIDE, SIDE, CHANNELS] },
    classes: await classesOf(folder),
  };
}

async function readSplit(folder: string, split: Split): Promise<ExampleSet> {
  const records: Uint8Array[] = [];
  for (const name of FILES[split]) {
    const bytes = await readBatch(path.join(folder, name));
    if (bytes === undefined && records.length === 0) {
      throw new DataError(`There is no ${name} in ${folder}.`, ADVICE);
    }
    if (bytes === undefined) break;
    records.push(bytes);
  }
  const count = records.reduce((sum, { length }) => sum + length / RECORD_BYTES, 0);
  const values = new Uint8Array(count * CHANNELS * PIXELS);
  const labels = new Uint8Array(count);
  let row = 0;
  for (const [file, bytes] of records.entries()) {
    for (let start = 0; start < bytes.length; start += RECORD_BYTES, row++) {
      labels[row] = bytes[start]!;
      if (labels[row]! >= NAMES.length) {
        throw new DataError(
          `Image ${start / RECORD_BYTES} of ${FILES[split][file]} in ${folder} has the label ${labels[row]}; those of CIFAR-10 are 0 to 9.`,
          ADVICE,
        );
      }
      interleave(bytes, start + 1, values, row * CHANNELS * PIXELS);
    }
  }
  return { split, count, values, labels };
}

/** Planes of red, green and blue → [row, column, channel] */
function interleave(planes: Uint8Array, from: number, into: Uint8Array, to: number): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    const plane = from + channel * PIXELS;
    for (let pixel = 0; pixel < PIXELS; pixel++) into[to + CHANNELS * pixel + channel] = planes[plane + pixel]!;
  }
}

/** The records of a file; undefined if there is no such file. */
async function readBatch(file: string): Promise<Uint8Array | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { size } = await handle.stat();
    if (size === 0 || size % RECORD_BYTES !== 0 || size > LARGEST_FILE) {
      throw new DataError(
        `${file} has ${size.toLocaleString('en-US')} bytes, which is no whole number of images of ${RECORD_BYTES} bytes.`,
        `Download it again. ${ADVICE}`,
      );
    }
    return await handle.readFile();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (error instanceof DataError) throw error;
    throw new DataError(`${file} cannot be read: ${reasonOf(error)}.`, ADVICE, { cause: error });
  } finally {
    await handle?.close();
  }
}

/** The names in the folder's own list, where it has one of ten names; those of the data set otherwise. */
async function classesOf(folder: string): Promise<readonly string[]> {
  const text = await readFile(path.join(folder, NAMES_FILE), 'utf8').catch(() => '');
  const names = text
    .slice(0, 1000)
    .split(/\r?\n/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === NAMES.length ? names : NAMES;
}
