import type { ImageShape } from '../common/imageShape';
import type { DataShape } from '../protocol/capabilities';
import { emnistLabels, findEmnist, transposed, TURNED, type EmnistSplit } from './emnist';
import { DataError } from './error';
import type { Dataset, ExampleSet, Split } from './exampleSet';
import { readIdx, type IdxFile } from './idxFile';

const FILE_PREFIX: Record<Split, string> = { train: 'train', test: 't10k' };
const ADVICE =
  'An idx folder contains train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and ' +
  't10k-labels-idx1-ubyte, each uncompressed or as .gz; the labels are optional.';

/**
 * A folder of files in MNIST’s format, or of those of EMNIST: both splits have images of one size. Throws {@link DataError}.
 *
 * @param lazily images are read when they are first asked for, where their file allows it ({@link readIdx})
 * @param split of EMNIST; the one in the folder if absent
 */
export async function readIdxFolder(
  folder: string,
  lazily = false,
  split?: EmnistSplit,
): Promise<Omit<Dataset, 'name'> & { readonly name?: string }> {
  const emnist = await findEmnist(folder, split);
  const prefixes = emnist ? emnist.prefixes : FILE_PREFIX;
  const [train, test] = await Promise.all(
    (['train', 'test'] as const).map((each) => readSplit(folder, each, prefixes[each], emnist !== undefined, lazily)),
  );
  if (train!.imageShape.join() !== test!.imageShape.join()) {
    throw new DataError(
      `The training images in ${folder} are ${train!.imageShape.join('×')}, the test images ${test!.imageShape.join('×')}.`,
      'Take both files from the same data set.',
    );
  }
  const sets = { train: train!.set, test: test!.set };
  const shape: DataShape = { kind: 'image', shape: [...train!.imageShape] };
  if (emnist === undefined) return { ...sets, shape };
  const { name, ...labels } = await emnistLabels(folder, emnist.split, sets);
  return { name, shape, ...sets, ...labels, remarks: [TURNED, ...labels.remarks] };
}

async function readSplit(
  folder: string,
  split: Split,
  prefix: string,
  turned: boolean,
  lazily: boolean,
): Promise<{ set: ExampleSet; imageShape: ImageShape }> {
  const images = await readIdx(folder, `${prefix}-images`, 3, lazily);
  if (images === undefined) {
    throw new DataError(`There is no ${prefix}-images-idx3-ubyte in ${folder}.`, ADVICE);
  }
  const imageShape = imageShapeOf(images);
  const count = images.shape[0]!;
  const labels = await readIdx(folder, `${prefix}-labels`, 1);
  if (labels && (labels.shape.length !== 1 || labels.shape[0] !== count)) {
    throw new DataError(
      `${labels.file} has ${labels.shape.join('×')} ${labels.shape.join() === '1' ? 'label' : 'labels'} for the ${count} ${count === 1 ? 'image' : 'images'} of ${images.file}.`,
      'Take both files from the same data set, or remove the label file to train without labels.',
    );
  }
  let upright: Uint8Array | undefined;
  const set = {
    split,
    count,
    get values() {
      return turned ? (upright ??= transposed(images)) : images.data;
    },
    labels: labels?.data,
  };
  const [height, width, channels] = imageShape;
  return { set, imageShape: turned ? [width, height, channels] : imageShape };
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
