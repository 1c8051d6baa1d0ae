import type { DataSpecification } from './dataSpecification';

/** Titles of the data sets that are not named by their folders. */
export const DATA_TITLES: Readonly<Record<Exclude<DataSpecification['set'], 'idx' | 'images'>, string>> = {
  mnist: 'MNIST',
  cifar10: 'CIFAR-10',
  ring: 'Ring',
  grid: 'Grid',
  swissRoll: 'Swiss roll',
};
