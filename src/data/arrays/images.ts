import { byteCount } from '../../common/byteCount';
import type { ImageShape } from '../../common/imageShape';
import type { DataSpecification } from '../../protocol/dataSpecification';
import { DataError } from '../error';
import type { Dataset, ExampleSet, Split } from '../exampleSet';
import { divide, type Division } from './division';
import { byteScaleOf, rangeOf, type ByteScale } from './grayValues';
import { labelsOf } from './labels';
import { placesOf } from './layout';
import type { StoredArray } from './numpyFile';
import type { Part, Parts } from './roles';

/** As `data.size` has it: larger images are out of reach of the models here. */
const LARGEST_SIDE = 1024;
/** A typed array of bytes may be larger, but no part of the engine was tried with one. */
const MOST_BYTES = 2 ** 31 - 1;
const SHAPES =
  'Images are arrays [count, height, width], [count, height, width, channels] or [count, channels, height, width] with 1 or 3 channels.';

/** How images lie in an array. */
interface Layout {
  readonly shape: ImageShape;
  /** The array's axes in the order of [count, height, width, channel]. */
  readonly order: readonly number[];
  readonly remark?: string;
}

/**
 * The images of arrays of numbers, as bytes: bytes unchanged, others as {@link byteScaleOf} their range, which is that of training and
 * test images together. Without test images, some of the training images are held out. Throws {@link DataError}, and
 * {@link FormatError} for a damaged file.
 *
 * @param memory bytes of memory that this process may use
 */
export async function imagesOf(
  parts: Parts,
  data: DataSpecification,
  file: string,
  memory = Infinity,
): Promise<Pick<Dataset, 'train' | 'test' | 'shape' | 'remarks'>> {
  const used = [parts.train, ...(parts.test ? [parts.test] : [])];
  const layouts = used.map(({ examples }) => layoutOf(examples, data, file));
  const [layout, other = layout] = layouts as [Layout, Layout?];
  if (
    layout.shape.join() !== other.shape.join() ||
    used.some(({ examples }) => examples.kind !== used[0]!.examples.kind)
  ) {
    const [a, b] = used.map(({ examples: { shape, kind } }) => `${shape.slice(1).join('×')} of type ${kind}`);
    throw new DataError(
      `In ${file} the training images are ${a}, the test images ${b}.`,
      'Store both in the same way.',
    );
  }
  checkMemory(used, layout, file, memory);
  const scale = byteScaleOf(await range(used, file));
  if (scale === undefined) throw await strangeValues(used, file);
  const remarks = [layout.remark, scale.remark].filter((remark) => remark !== undefined);
  const rest = { shape: { kind: 'image', shape: [...layout.shape] } as Dataset['shape'], remarks };
  if (parts.test !== undefined) {
    const read = (split: Split, part: Part, { order }: Layout) => wholeSet(split, part, order, scale, file);
    return { train: await read('train', parts.train, layout), test: await read('test', parts.test, other), ...rest };
  }
  const division = divide(parts.train.examples.shape[0]!, data, file);
  return { ...(await dividedSets(parts.train, layout, scale, division, file)), ...rest };
}

function layoutOf(array: StoredArray, { size, channels }: DataSpecification, file: string): Layout {
  const layout = array.shape.length === 2 ? flatLayout(array, { size, channels }, file) : deepLayout(array, file);
  const [height, width, depth] = layout.shape;
  const [wantedHeight, wantedWidth] = typeof size === 'number' ? [size, size] : (size ?? [height, width]);
  if (height !== wantedHeight || width !== wantedWidth || (channels ?? depth) !== depth) {
    throw new DataError(
      `The images in ${file} are ${height}×${width}×${depth}, not ${wantedHeight}×${wantedWidth}×${channels ?? depth} as the specification says.`,
      'Remove data.size and data.channels: a NumPy file is not scaled.',
    );
  }
  return layout;
}

/** One row of numbers for each image. */
function flatLayout(
  { shape }: StoredArray,
  { size, channels = 1 }: Pick<DataSpecification, 'size' | 'channels'>,
  file: string,
): Layout {
  const [, length] = shape as [number, number];
  if (size === undefined) {
    throw new DataError(
      `${file} holds rows of ${length} numbers and does not say how high and wide the images are.`,
      length === 2
        ? 'These are points: set data.set to "points". Or store images as [count, height, width].'
        : 'Set data.size to their height and width, such as [28, 28], or store them as [count, height, width].',
    );
  }
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  if (height * width * channels !== length) {
    throw new DataError(
      `An image of ${height}×${width}×${channels} has ${height * width * channels} numbers, and the rows in ${file} have ${length}.`,
      'Correct data.size and data.channels.',
    );
  }
  return { shape: [height, width, channels], order: [0, 1] };
}

function deepLayout({ shape }: StoredArray, file: string): Layout {
  const first = shape.length === 4 && !isChannels(shape[3]) && isChannels(shape[1]);
  const order = first ? [0, 2, 3, 1] : [...shape.keys()];
  const [, height = 0, width = 0, channels = 1] = order.map((axis) => shape[axis]!);
  const sound = [height, width].every((side) => side >= 1 && side <= LARGEST_SIDE) && isChannels(channels);
  if (shape.length < 3 || shape.length > 4 || !sound) {
    throw new DataError(
      `${file} holds an array of ${shape.slice(0, 8).join('×')}${shape.length === 1 ? ' numbers' : ''}.`,
      `${SHAPES} Height and width are at most ${LARGEST_SIDE}.`,
    );
  }
  const remark = first
    ? 'The channels are the second axis of the file: images were taken as [channel, height, width].'
    : undefined;
  return { shape: [height, width, channels], order, remark };
}

function isChannels(size: number | undefined): boolean {
  return size === 1 || size === 3;
}

function checkMemory(used: readonly Part[], { shape }: Layout, file: string, memory: number): void {
  const bytes = used.reduce((sum, { examples }) => sum + examples.shape[0]!, 0) * shape[0] * shape[1] * shape[2];
  const most = Math.min(MOST_BYTES, memory / 2);
  if (bytes <= most) return;
  throw new DataError(
    `The images in ${file} take ${byteCount(bytes)} of memory; at most ${byteCount(Math.floor(most))} are used for data here.`,
    'Store fewer or smaller images, or store them as PNG files: a folder of images (data.set "images") may be larger than memory.',
  );
}

function range(used: readonly Part[], file: string) {
  if (used.some(({ examples }) => examples.shape[0] === 0)) {
    throw new DataError(`${file} holds no images.`, 'Set data.path to a file with images.');
  }
  return rangeOf(used.map(({ examples }) => examples));
}

async function strangeValues(used: readonly Part[], file: string): Promise<DataError> {
  const { lowest, highest } = await range(used, file);
  return new DataError(
    `The values of the images in ${file} lie between ${lowest} and ${highest}.`,
    'Gray values are whole numbers from 0 to 255, or decimals from 0 to 1 or from −1 to 1; scale them so before saving.',
  );
}

async function wholeSet(
  split: Split,
  part: Part,
  order: readonly number[],
  scale: ByteScale,
  file: string,
): Promise<ExampleSet> {
  const [count] = part.examples.shape as [number];
  const labels = part.labels && (await labelsOf(part.labels, count, file));
  return { split, count, values: await bytesOf(part.examples, order, scale), labels };
}

async function dividedSets(part: Part, { order }: Layout, scale: ByteScale, { tests, places }: Division, file: string) {
  const count = places.length;
  const values = await bytesOf(part.examples, order, scale, places);
  const labels = part.labels && (await labelsOf(part.labels, count, file, places));
  const size = values.length / count;
  const set = (split: Split, from: number, to: number): ExampleSet => ({
    ...{ split, count: to - from, values: values.subarray(from * size, to * size) },
    labels: labels?.subarray(from, to),
  });
  return { test: set('test', 0, tests), train: set('train', tests, count) };
}

async function bytesOf(
  array: StoredArray,
  order: readonly number[],
  { scale, offset }: ByteScale,
  rows?: Uint32Array,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(array.shape.reduce((product, size) => product * size, 1));
  const next = placesOf(array, order, rows);
  for await (const piece of array.pieces()) {
    for (let i = 0; i < piece.length; i++) bytes[next()] = Math.round(scale * (piece[i]! + offset));
  }
  return bytes;
}
