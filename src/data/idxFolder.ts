import type { ImageShape } from '../common/imageShape';
import type { DataShape } from '../protocol/capabilities';
import type { ExampleSet, Split } from './exampleSet';
import { DataError } from './error';
import { readIdx, type IdxFile } from './idxFile';

const FILE_PREFIX: Record<Split, string> = { train: 'train', test: 't10k' };
const ADVICE =
  'An idx folder contains train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and ' +
  't10k-labels-idx1-ubyte, each uncompressed or as .gz; the labels are optional.';

/**
 * A folder of files in MNIST’s format: both splits have images of one size. Throws {@link DataError}.
 *
 * @param lazily images are read when they are first asked for, where their file allows it ({@link readIdx})
 */
export async function readIdxFolder(
  folder: string,
  lazily = false,
): Promise<{ train: ExampleSet; test: ExampleSet; shape: DataShape }> {
  const [train, test] = await Promise.all([readSplit(folder, 'train', lazily), readSplit(folder, 'test', lazily)]);
  if (train.imageShape.join() !== test.imageShape.join()) {
    throw new DataError(
      `The training images in ${folder} are ${train.imageShape.join('×')}, the test images ${test.imageShape.join('×')}.`,
      'Take both files from the same data set.',
    );
  }
  return { train: train.set, test: test.set, shape: { kind: 'image', shape: [...train.imageShape] } };
}

async function readSplit(
  folder: string,
  split: Split,
  lazily: boolean,
): Promise<{ set: ExampleSet; imageShape: ImageShape }> {
  const images = await readIdx(folder, `${FILE_PREFIX[split]}-images`, 3, lazily);
  if (images === undefined) {
    throw new DataError(`There is no ${FILE_PREFIX[split]}-images-idx3-ubyte in ${folder}.`, ADVICE);
  }
  const imageShape = imageShapeOf(images);
  const count = images.shape[0]!;
  const labels = await readIdx(folder, `${FILE_PREFIX[split]}-labels`, 1);
  if (labels && (labels.shape.length !== 1 || labels.shape[0] !== count)) {
    throw new DataError(
      `${labels.file} has ${labels.shape.join('×')} ${labels.shape.join() === '1' ? 'label' : 'labels'} for the ${count} ${count === 1 ? 'image' : 'images'} of ${images.file}.`,
      'Take both files from the same data set, or remove the label file to train without labels.',
    );
  }
  const set = {
    split,
    count,
    get values() {
      return images.data;
    },
    labels: labels?.data,
  };
  return { set, imageShape };
}

function imageShapeOf({ file, shape }: IdxFile): ImageShape {
  const [, height, width, channels = 1] = shape;
  const empty = shape.some((size) => size === 0);
  if (empty || shape.length < 3 || shape.length > 4 || (channels !== 1 && channels !== 3)) {
    throw new DataError(
      `${file} holds an array of ${shape.join('×')}; images are [count, height, width], optionally with 1 or 3 channels as the fourth axis.`,
      ADVICE,
    );
  }
  return [height!, width!, channels];
}
