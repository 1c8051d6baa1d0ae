import type { DataSpecification } from './dataSpecification';

/** Titles of the data sets that need no folder. */
export const DATA_TITLES: Readonly<Record<Exclude<DataSpecification['set'], 'idx' | 'images'>, string>> = {
  mnist: 'MNIST',
  ring: 'Ring',
  grid: 'Grid',
  swissRoll: 'Swiss roll',
};
