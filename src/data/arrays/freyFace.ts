import type { FileHandle } from 'node:fs/promises';
import { byteCount } from '../../common/byteCount';
import { plural } from '../../common/plural';
import { decodeMat, type MatVariable } from '../../formats/mat';
import { DataError } from '../error';
import { numbersIn } from './numbers';
import type { StoredArray } from './numpyFile';

/** The variable of the published file, frey_rawface.mat (Roweis & Saul 2000): a column for each image. */
const VARIABLE = 'ff';
const [HEIGHT, WIDTH] = [28, 20];
const PIXELS = HEIGHT * WIDTH;
/** The published file has 1 MB. */
const LARGEST_FILE = 512 * 1024 * 1024;
const ADVICE = `Frey Face is frey_rawface.mat, whose variable ${VARIABLE} has ${PIXELS} rows and a column for each image.`;

/** The images of Frey Face, [count, 28, 20]: pixels of a column are those of an image row by row. Throws {@link DataError}. */
export async function freyFaces(handle: FileHandle, file: string): Promise<StoredArray> {
  const { size } = await handle.stat();
  if (size > LARGEST_FILE) {
    throw new DataError(`${file} has ${byteCount(size)}; at most ${byteCount(LARGEST_FILE)} are read.`, ADVICE);
  }
  const variables = decodeMat(await handle.readFile());
  const faces = variables.find(({ name }) => name === VARIABLE);
  if (faces === undefined) {
    const listed = variables.slice(0, 8).map(({ name, shape }) => `${name} (${shape.slice(0, 8).join('×')})`);
    throw new DataError(
      `${file} has no variable ${VARIABLE} among its ${plural(variables.length, 'variable')}${listed.length === 0 ? '' : `: ${listed.join(', ')}`}.`,
      ADVICE,
    );
  }
  return imagesIn(faces, file);
}

function imagesIn({ name, shape, problem, kind, bigEndian, data }: MatVariable, file: string): StoredArray {
  if (problem !== undefined) throw new DataError(`The variable ${name} in ${file} cannot be read: ${problem}.`, ADVICE);
  if (shape.length !== 2 || shape[0] !== PIXELS) {
    throw new DataError(
      `The variable ${name} in ${file} is ${shape.slice(0, 8).join('×')}, not ${PIXELS}×count.`,
      ADVICE,
    );
  }
  const pieces = async function* () {
    yield numbersIn(data, kind, bigEndian);
  };
  return { name, shape: [shape[1]!, HEIGHT, WIDTH], fortran: false, kind, pieces };
}
