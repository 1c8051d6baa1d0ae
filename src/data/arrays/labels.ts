import { DataError } from '../error';
import type { StoredArray } from './numpyFile';

/** Labels are bytes. */
const HIGHEST = 255;

/**
 * The labels of `count` examples: whole numbers from 0 to 255 in an array [count] or [count, 1]. Throws {@link DataError}.
 *
 * @param places where each of them goes
 */
export async function labelsOf(
  { name, shape, pieces }: StoredArray,
  count: number,
  file: string,
  places?: Uint32Array,
): Promise<Uint8Array> {
  if (shape[0] !== count || shape.length > 2 || (shape[1] ?? 1) !== 1) {
    throw new DataError(
      `The labels ${name} in ${file} are an array of ${shape.slice(0, 8).join('×')}, and there are ${count} examples.`,
      'Store one whole number for each example, or remove the array to train without labels.',
    );
  }
  const labels = new Uint8Array(count);
  let row = 0;
  for await (const piece of pieces()) {
    for (let i = 0; i < piece.length; i++, row++) {
      const label = piece[i]!;
      if (!Number.isInteger(label) || label < 0 || label > HIGHEST) {
        throw new DataError(
          `Label ${row} of ${name} in ${file} is ${label}; labels are whole numbers from 0 to ${HIGHEST}.`,
          'Number the classes from 0 on, or remove the array to train without labels.',
        );
      }
      labels[places?.[row] ?? row] = label;
    }
  }
  return labels;
}
