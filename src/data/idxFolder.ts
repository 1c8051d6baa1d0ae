import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { ImageShape } from '../common/imageShape';
import { FormatError } from '../formats/error';
import { decodeIdx } from '../formats/idx';
import type { IdxArray } from '../formats/idx';
import type { ImageSet, Split } from './dataset';
import { DataError } from './error';

/** Checked before memory is taken, for a file and for what it unpacks to. */
const LARGEST_FILE = 2 ** 31 - 1;
const FILE_PREFIX: Record<Split, string> = { train: 'train', test: 't10k' };
const ADVICE =
  'A folder of idx data holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and ' +
  't10k-labels-idx1-ubyte, each as it is or as .gz; the labels may be missing.';

/** A folder of files in MNIST’s format: both splits have images of one size. Throws {@link DataError}. */
export async function readIdxFolder(
  folder: string,
): Promise<{ train: ImageSet; test: ImageSet; imageShape: ImageShape }> {
  const [train, test] = await Promise.all([readSplit(folder, 'train'), readSplit(folder, 'test')]);
  if (train.imageShape.join() !== test.imageShape.join()) {
    throw new DataError(
      `The training images in ${folder} are ${train.imageShape.join('×')}, the test images ${test.imageShape.join('×')}.`,
      'Take both files from the same data set.',
    );
  }
  return { train: train.set, test: test.set, imageShape: train.imageShape };
}

async function readSplit(folder: string, split: Split): Promise<{ set: ImageSet; imageShape: ImageShape }> {
  const images = await readIdx(folder, `${FILE_PREFIX[split]}-images`, 3);
  if (images === undefined) {
    throw new DataError(`There is no ${FILE_PREFIX[split]}-images-idx3-ubyte in ${folder}.`, ADVICE);
  }
  const imageShape = imageShapeOf(images);
  const count = images.shape[0]!;
  const labels = await readIdx(folder, `${FILE_PREFIX[split]}-labels`, 1);
  if (labels && (labels.shape.length !== 1 || labels.shape[0] !== count)) {
    throw new DataError(
      `${labels.file} has ${labels.shape.join('×')} labels for the ${count} images of ${images.file}.`,
      'Take both files from the same data set.',
    );
  }
  return { set: { split, count, images: images.data, labels: labels?.data }, imageShape };
}

type IdxFile = IdxArray & { readonly file: string };

function imageShapeOf({ file, shape }: IdxFile): ImageShape {
  const [, height, width, channels = 1] = shape;
  const empty = shape.some((size) => size === 0);
  if (empty || shape.length < 3 || shape.length > 4 || (channels !== 1 && channels !== 3)) {
    throw new DataError(
      `${file} holds an array of ${shape.join('×')}; images are [count, height, width], or with 1 or 3 channels as fourth.`,
      ADVICE,
    );
  }
  return [height!, width!, channels];
}

/** The first of the names that the file goes by in the wild; undefined when none is there. */
async function readIdx(folder: string, stem: string, rank: number): Promise<IdxFile | undefined> {
  for (const name of [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`]) {
    for (const extension of ['', '.gz']) {
      const file = path.join(folder, name + extension);
      const bytes = await readBounded(file);
      if (bytes) return { file, ...(await decode(file, bytes)) };
    }
  }
  return undefined;
}

async function readBounded(file: string): Promise<Uint8Array | undefined> {
  try {
    const found = await stat(file);
    // Reading a pipe would wait for ever, and a device has no size.
    if (!found.isFile()) {
      throw new DataError(
        `${file} is not a file.`,
        'Put the idx file there, or set data.path to the folder that has it.',
      );
    }
    const { size } = found;
    if (size > LARGEST_FILE) {
      throw new DataError(
        `${file} has ${size} bytes; files up to ${LARGEST_FILE} are read.`,
        'Use a smaller data set.',
      );
    }
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof DataError) throw error;
    throw new DataError(
      `${file} cannot be read: ${(error as Error).message}.`,
      'Check that it is a file you may read.',
      {
        cause: error,
      },
    );
  }
}

async function decode(file: string, bytes: Uint8Array): Promise<IdxArray> {
  try {
    return decodeIdx(file.endsWith('.gz') ? await promisify(gunzip)(bytes, { maxOutputLength: LARGEST_FILE }) : bytes);
  } catch (error) {
    const reason = error instanceof FormatError ? error.message : `It cannot be unpacked: ${(error as Error).message}.`;
    throw new DataError(`${file}: ${reason}`, 'Download the file again; it may be cut off or of another format.', {
      cause: error,
    });
  }
}
