import type { DataSpecification } from './specification';

/** What the sets of data that need no folder are called. */
export const DATA_TITLES: Readonly<Record<Exclude<DataSpecification['set'], 'idx'>, string>> = {
  mnist: 'MNIST',
  ring: 'Ring',
  grid: 'Grid',
  swissRoll: 'Swiss roll',
};
