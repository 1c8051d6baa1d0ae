import type { DataSpecification } from './dataSpecification';

type PathTitled = 'idx' | 'images' | 'numpy' | 'points';

/** Titles of the data sets that are not named by their folders or files. */
export const DATA_TITLES: Readonly<Record<Exclude<DataSpecification['set'], PathTitled>, string>> = {
  mnist: 'MNIST',
  cifar10: 'CIFAR-10',
  freyFace: 'Frey Face',
  ring: 'Ring',
  grid: 'Grid',
  swissRoll: 'Swiss roll',
  linearGaussian: 'Linear Gaussian',
};

/** "MNIST", or the name of the folder or file that the data come from. */
export function dataTitle({ set, path }: Pick<DataSpecification, 'set' | 'path'>): string {
  if (isTitled(set)) return DATA_TITLES[set];
  const parts = path?.split(/[\\/]/).filter((part) => part !== '' && part !== '.') ?? [];
  if (set === 'idx') return knownTitle(parts) ?? parts.at(-1) ?? 'images';
  return parts.at(-1) ?? 'images';
}

/** Data sets in MNIST’s format whose files have the same names: their folders tell them apart. */
const IN_MNIST_FORMAT = [
  [/^fashion[-_ ]?mnist$/i, 'Fashion-MNIST'],
  [/^(kmnist|kuzushiji[-_ ]?mnist)$/i, 'KMNIST'],
  [/(^|[^a-z])emnist/i, 'EMNIST'],
] as const;
/** Folders within that of a data set, as torchvision and archives have them. */
const INNER = /^(raw|gzip|data|idx|files)$/i;

/** By the last folder that is named after its data. */
function knownTitle(parts: readonly string[]): string | undefined {
  const folder = parts.findLast((part) => !INNER.test(part)) ?? '';
  return IN_MNIST_FORMAT.find(([name]) => name.test(folder))?.[1];
}

function isTitled(set: DataSpecification['set']): set is keyof typeof DATA_TITLES {
  return Object.hasOwn(DATA_TITLES, set);
}
