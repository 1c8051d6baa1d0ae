import type { DataSpecification } from './dataSpecification';

type PathTitled = 'idx' | 'images' | 'numpy' | 'points';

/** Titles of the data sets that are not named by their folders or files. */
export const DATA_TITLES: Readonly<Record<Exclude<DataSpecification['set'], PathTitled>, string>> = {
  mnist: 'MNIST',
  cifar10: 'CIFAR-10',
  ring: 'Ring',
  grid: 'Grid',
  swissRoll: 'Swiss roll',
};

/** "MNIST", or the name of the folder or file that the data come from. */
export function dataTitle({ set, path }: Pick<DataSpecification, 'set' | 'path'>): string {
  if (isTitled(set)) return DATA_TITLES[set];
  return path?.split(/[\\/]/).findLast((part) => part !== '' && part !== '.') ?? 'images';
}

function isTitled(set: DataSpecification['set']): set is keyof typeof DATA_TITLES {
  return Object.hasOwn(DATA_TITLES, set);
}
