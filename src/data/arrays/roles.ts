import { plural } from '../../common/plural';
import { DataError } from '../error';
import type { Split } from '../exampleSet';
import type { StoredArray } from './numpyFile';

/** The arrays of a split: its examples and, where there are some, their labels. */
export interface Part {
  readonly examples: StoredArray;
  readonly labels?: StoredArray;
}

/** What the arrays of a file are; without `test`, the examples of `train` are still to be divided. */
export type Parts = { readonly train: Part } & { readonly [split in Split]?: Part };

/** Names that writers of data sets use, in lower case: of Keras (mnist.npz), of MedMNIST, and others. */
const SPLITS: Readonly<Record<Split, readonly (readonly [string, string])[]>> = {
  train: [
    ['x_train', 'y_train'],
    ['train_images', 'train_labels'],
    ['train_x', 'train_y'],
    ['train', 'train_labels'],
  ],
  test: [
    ['x_test', 'y_test'],
    ['test_images', 'test_labels'],
    ['test_x', 'test_y'],
    ['test', 'test_labels'],
  ],
};
/** Those of a file that is not divided; `arr_0` is NumPy's name of an array without one. */
const WHOLE: readonly (readonly [string, string])[] = [
  ['x', 'y'],
  ['images', 'labels'],
  ['points', 'labels'],
  ['data', 'labels'],
  ['data', 'target'],
  ['x', 'labels'],
  ['arr_0', 'arr_1'],
];
const NAMES =
  'Name the arrays x_train, y_train, x_test and y_test, or x and y, or images and labels; only the first of them is required.';

/**
 * Which of a file's arrays are training and test examples and labels, by their names in any case; a single array is the examples. Throws
 * {@link DataError} where the names do not tell.
 */
export function partsOf(arrays: readonly StoredArray[], file: string): Parts {
  if (arrays.length === 0) throw new DataError(`${file} holds no NumPy array.`, 'Write one with numpy.savez.');
  if (arrays.length === 1) return { train: { examples: arrays[0]! } };
  const named = new Map(arrays.map((array) => [array.name.toLowerCase(), array]));
  const train = pairOf(named, SPLITS.train);
  if (train !== undefined) return { train, test: pairOf(named, SPLITS.test) };
  const whole = pairOf(named, WHOLE);
  if (whole !== undefined) return { train: whole };
  const listed = arrays.slice(0, 8).map(({ name, shape }) => `${name} (${shape.slice(0, 8).join('×')})`);
  throw new DataError(
    `Which of the ${plural(arrays.length, 'array')} in ${file} are examples cannot be told from their names: ${listed.join(', ')}.`,
    NAMES,
  );
}

/** The first pair whose examples are there, preferably with its labels. */
function pairOf(named: ReadonlyMap<string, StoredArray>, pairs: readonly (readonly [string, string])[]) {
  const present = pairs.filter(([examples]) => named.has(examples));
  const pair = present.find(([, labels]) => named.has(labels)) ?? present[0];
  return pair && { examples: named.get(pair[0])!, labels: named.get(pair[1]) };
}
