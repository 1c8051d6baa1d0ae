import { permutation } from '../../engine/random/philox';
import type { DataSpecification } from '../../protocol/dataSpecification';
import { testShareOf } from '../../protocol/imageJobs';
import { DataError } from '../error';

/** Philox: the same for every seed of training, so that runs can be compared. */
const SEED = 0;
const STREAM = 0x4300_0000;

/** How the examples of a file without test examples are divided. */
export interface Division {
  /** The first of the divided examples are the test examples. */
  readonly tests: number;
  /** Place of each example of the file among the divided ones: a random order, as files are often sorted by class. */
  readonly places: Uint32Array;
}

/** Divides `count` examples by `data.testShare`, at least one on either side. Throws {@link DataError} for fewer than two. */
export function divide(count: number, data: DataSpecification, file: string): Division {
  if (count < 2) {
    throw new DataError(
      `${file} has ${count === 0 ? 'no example' : 'a single example'}; training and testing take one each at least.`,
      'Set data.path to a file with more examples.',
    );
  }
  const tests = Math.min(count - 1, Math.max(1, Math.round(count * testShareOf(data))));
  return { tests, places: permutation(count, SEED, STREAM, 0) };
}
