import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { byteCount } from '../../common/byteCount';
import { reasonOf } from '../../common/systemError';
import { FormatError } from '../../formats/error';
import type { DataSpecification } from '../../protocol/dataSpecification';
import { DATA_TITLES } from '../../protocol/dataTitles';
import { DataError } from '../error';
import type { Dataset } from '../exampleSet';
import { pointsInCsv } from './csv';
import { freyFaces } from './freyFace';
import { imagesOf } from './images';
import { openNumpy } from './numpyFile';
import { dividedPoints, pointsOf } from './points';
import { partsOf } from './roles';

/** Room for ten million points. */
const LARGEST_CSV = 256 * 1024 * 1024;

/**
 * The images in a `.npy` or `.npz` file. Throws {@link DataError}.
 *
 * @param memory bytes of memory that this process may use
 */
export async function readNumpyImages(file: string, data: DataSpecification, memory?: number): Promise<Dataset> {
  return reading(file, async (handle) => {
    const arrays = await openNumpy(handle);
    if (arrays === undefined) {
      throw new DataError(`${file} is neither a .npy nor a .npz file.`, 'Write it with numpy.save or numpy.savez.');
    }
    return { name: path.basename(file), ...(await imagesOf(partsOf(arrays, file), data, file, memory)) };
  });
}

/** The images of Frey Face in a MATLAB file, of which some are held out for tests. Throws {@link DataError}. */
export async function readFreyFace(file: string, data: DataSpecification, memory?: number): Promise<Dataset> {
  return reading(file, async (handle) => {
    const examples = await freyFaces(handle, file);
    return { name: DATA_TITLES.freyFace, ...(await imagesOf({ train: { examples } }, data, file, memory)) };
  });
}

/** The points on a plane in a `.npy`, `.npz` or CSV file; the contents decide which it is. Throws {@link DataError}. */
export async function readPoints(file: string, data: DataSpecification): Promise<Dataset> {
  return reading(file, async (handle) => {
    const arrays = await openNumpy(handle);
    const points =
      arrays === undefined
        ? dividedPoints(pointsInCsv(await textOf(handle, file), file), data, file)
        : await pointsOf(partsOf(arrays, file), data, file);
    return { name: path.basename(file), ...points };
  });
}

async function textOf(handle: FileHandle, file: string): Promise<string> {
  const { size } = await handle.stat();
  if (size > LARGEST_CSV) {
    const limit = `text files of points have at most ${byteCount(LARGEST_CSV)}`;
    throw new DataError(`${file} has ${byteCount(size)}; ${limit}.`, 'Store the points with numpy.save.');
  }
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await handle.read(bytes, 0, size, 0);
  const text = bytes.subarray(0, bytesRead).toString('utf8');
  if (!text.includes('\0')) return text;
  throw new DataError(`${file} is no text.`, 'Points are read from CSV, .npy and .npz files.');
}

async function reading<T>(file: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    return await read(handle);
  } catch (error) {
    if (error instanceof DataError) throw error;
    if (error instanceof FormatError) {
      throw new DataError(`${file}: ${error.message}`, 'Write or download the file again.', { cause: error });
    }
    throw new DataError(`${file} cannot be read: ${reasonOf(error)}.`, 'Check its permissions.', { cause: error });
  } finally {
    await handle?.close();
  }
}
