import { examplesOf, type ExampleSet } from '../../../src/data';

/** All values of a set, wherever they are kept. */
export const valuesOf = (set: ExampleSet) => examplesOf(set, 0, set.count);
