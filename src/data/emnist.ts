import { open } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../common/systemError';
import type { DataSpecification } from '../protocol/dataSpecification';
import { DataError } from './error';
import type { Dataset, Split } from './exampleSet';
import { entriesOf, type IdxFile } from './idxFile';

/** The data sets that EMNIST is published as (Cohen et al. 2017). */
export type EmnistSplit = NonNullable<DataSpecification['split']>;

const IMAGES = /^emnist-(balanced|byclass|bymerge|digits|letters|mnist)-(?:train|test)-images[-.]idx3-ubyte(?:\.gz)?$/i;
/** What a run says of the images. */
export const TURNED =
  'The files of EMNIST hold each image with rows and columns exchanged: the images were turned upright.';
/** Far above 62 classes. */
const LARGEST_MAPPING = 10_000;

interface Found {
  readonly split: EmnistSplit;
  /** What its files begin with. */
  readonly prefixes: Readonly<Record<Split, string>>;
}

/**
 * The split of EMNIST in a folder, by the names of its files; undefined where none is asked for and the folder has none, or has
 * files of MNIST. Throws {@link DataError} where it is not there, or where there are several.
 */
export async function findEmnist(folder: string, wanted?: EmnistSplit): Promise<Found | undefined> {
  const names = await entriesOf(folder);
  const splits = [...new Set(names.flatMap((name) => IMAGES.exec(name)?.[1]?.toLowerCase() ?? []))].sort();
  if (
    wanted === undefined &&
    (splits.length === 0 || names.some((name) => /^train-images[-.]idx3-ubyte/i.test(name)))
  ) {
    return undefined;
  }
  if (wanted !== undefined && !splits.includes(wanted)) {
    const others = splits.length === 0 ? 'no files of EMNIST' : `only ${splits.join(', ')}`;
    throw new DataError(
      `There is no emnist-${wanted}-train-images-idx3-ubyte in ${folder}, which holds ${others}.`,
      'Set data.path to the folder with that split, or remove data.split.',
    );
  }
  if (wanted === undefined && splits.length > 1) {
    throw new DataError(
      `${folder} holds ${splits.length} splits of EMNIST: ${splits.join(', ')}.`,
      `Set data.split to one of them, such as "${splits[0]}".`,
    );
  }
  const split = wanted ?? (splits[0] as EmnistSplit);
  return { split, prefixes: { train: `emnist-${split}-train`, test: `emnist-${split}-test` } };
}

/** The images of an array whose rows are the columns of the images, in place: an image at a time, as the array may be large. */
export function transposed({ shape, data }: IdxFile): Uint8Array {
  const [count, columns, rows, channels = 1] = shape as [number, number, number, number?];
  const size = columns * rows * channels;
  const stored = new Uint8Array(size);
  for (let start = 0; start < count * size; start += size) {
    stored.set(data.subarray(start, start + size));
    let place = start;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const from = (column * rows + row) * channels;
        for (let channel = 0; channel < channels; channel++) data[place++] = stored[from + channel]!;
      }
    }
  }
  return data;
}

type Labeled = Pick<Dataset, 'train' | 'test' | 'classes'> & { readonly name: string; readonly remarks: string[] };

/** Labels from 0 on, those of the letters being counted from 1 in the files, and the names of the classes. */
export async function emnistLabels(
  folder: string,
  split: EmnistSplit,
  { train, test }: Pick<Dataset, 'train' | 'test'>,
): Promise<Labeled> {
  const name = `EMNIST ${split}`;
  const mapping = await readMapping(folder, split);
  const first = split === 'letters' ? 1 : 0;
  const labeled = [train, test].filter(({ labels }) => labels !== undefined);
  const wrong = labeled.find(({ labels }) => labels!.some((label) => label < first));
  if (wrong !== undefined) {
    throw new DataError(
      `The ${wrong.split} labels of EMNIST letters in ${folder} begin at 0; the published ones are 1 to 26.`,
      'Download the files again, or rename them to train-images-idx3-ubyte and so on if they were converted.',
    );
  }
  const shifted = (labels: Uint8Array | undefined) => labels?.map((label) => label - first);
  const classes =
    mapping && Array.from({ length: mapping.length - first }, (_, label) => mapping[label + first] ?? `${label}`);
  const remark =
    first === 0 || labeled.length === 0 ? [] : [`The labels of ${name}, 1 to 26 in the files, were counted from 0.`];
  return {
    name,
    train: withLabels(train, shifted(train.labels)),
    test: withLabels(test, shifted(test.labels)),
    classes,
    remarks: remark,
  };
}

/** The same images, still read when they are first asked for. */
function withLabels(set: Dataset['train'], labels: Uint8Array | undefined): Dataset['train'] {
  return {
    split: set.split,
    count: set.count,
    get values() {
      return set.values;
    },
    labels,
  };
}

/**
 * Names of the labels from the split's list, whose lines are a label and the codes of its characters, the capital first: "10 65", or "1 65 97"
 * of letters. Undefined without a list. Throws {@link DataError} for one that reads otherwise.
 */
async function readMapping(folder: string, split: EmnistSplit): Promise<(string | undefined)[] | undefined> {
  const wanted = `emnist-${split}-mapping.txt`;
  const name = (await entriesOf(folder)).find((entry) => entry.toLowerCase() === wanted);
  if (name === undefined) return undefined;
  const text = await beginningOf(path.join(folder, name));
  const names: (string | undefined)[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const numbers = line.trim().split(/\s+/).map(Number);
    const [label, ...codes] = numbers as [number, ...number[]];
    if (!numbers.every((each) => Number.isInteger(each) && each >= 0 && each < 256) || codes.length === 0) {
      throw new DataError(
        `Line ${at + 1} of ${path.join(folder, name)} is no label with the codes of its characters.`,
        'Download the file again, or remove it: classes are then named by their numbers.',
      );
    }
    names[label] = String.fromCharCode(codes[0]!);
  }
  return names.length === 0 ? undefined : names;
}

async function beginningOf(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(LARGEST_MAPPING), 0, LARGEST_MAPPING, 0);
      return buffer.subarray(0, bytesRead).toString('latin1');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new DataError(`${file} cannot be read: ${reasonOf(error)}.`, 'Check its permissions, or remove it.', {
      cause: error,
    });
  }
}
