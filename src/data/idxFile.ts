import { readFileSync, statSync, type Stats } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FormatError } from '../formats/error';
import { decodeIdx, decodeIdxHeader, LONGEST_IDX_HEADER, type IdxArray } from '../formats/idx';
import { DataError } from './error';

/** Checked before memory is taken, for a file and for what it unpacks to. */
const LARGEST_FILE = 2 ** 31 - 1;

/** An array and the file that it comes from. */
export type IdxFile = IdxArray & { readonly file: string };

/**
 * The first of the names that the file goes by in the wild; undefined when none is there. Throws {@link DataError}.
 *
 * @param lazily of a file that is not packed only the header and the length are looked at; its data are read when they are
 *   first asked for, which throws a {@link DataError} where the file is another one by then
 */
export async function readIdx(
  folder: string,
  stem: string,
  rank: number,
  lazily = false,
): Promise<IdxFile | undefined> {
  for (const name of [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`]) {
    for (const extension of ['', '.gz']) {
      const file = path.join(folder, name + extension);
      const size = await sizeOf(file);
      if (size === undefined) continue;
      const packed = extension !== '';
      return lazily && !packed ? readWhenAsked(file, size) : { file, ...(await readWhole(file, packed)) };
    }
  }
  return undefined;
}

/** Undefined where there is no such file. */
async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(file, error);
  });
  return found === undefined ? undefined : checkedSize(file, found);
}

/** Throws {@link DataError} for what is not read. */
function checkedSize(file: string, found: Stats): number {
  // Reading a pipe would wait for ever, and a device has no size.
  if (!found.isFile()) {
    throw new DataError(
      `${file} is not a file.`,
      'Put the idx file there, or set data.path to the folder that has it.',
    );
  }
  if (found.size <= LARGEST_FILE) return found.size;
  throw new DataError(
    `${file} has ${found.size} bytes; files up to ${LARGEST_FILE} are read.`,
    'Use a smaller data set.',
  );
}

async function readWhole(file: string, packed: boolean): Promise<IdxArray> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (!packed) return sound(file, () => decodeIdx(bytes));
  const unpacked = await promisify(gunzip)(bytes, { maxOutputLength: LARGEST_FILE }).catch((error: unknown) => {
    throw unsound(file, `It cannot be unpacked: ${(error as Error).message}.`, error);
  });
  return sound(file, () => decodeIdx(unpacked));
}

async function readWhenAsked(file: string, size: number): Promise<IdxFile> {
  const begin = await beginningOf(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const { shape } = sound(file, () => decodeIdxHeader(begin, size));
  let data: Uint8Array | undefined;
  return {
    file,
    shape,
    get data() {
      return (data ??= readNow(file, shape));
    },
  };
}

async function beginningOf(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(LONGEST_IDX_HEADER), 0, LONGEST_IDX_HEADER, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function readNow(file: string, expected: readonly number[]): Uint8Array {
  let bytes: Uint8Array;
  try {
    checkedSize(file, statSync(file)); // it may be another one by now
    bytes = readFileSync(file);
  } catch (error) {
    throw error instanceof DataError ? error : unreadable(file, error);
  }
  const { shape, data } = sound(file, () => decodeIdx(bytes));
  if (shape.join() === expected.join()) return data;
  const words = `${file} was replaced: it held an array of ${expected.join('×')} and now holds one of ${shape.join('×')}.`;
  throw new DataError(words, 'Open the model again.');
}

/** What decoding gives, its errors with the name of the file. */
function sound<T>(file: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FormatError) throw unsound(file, error.message, error);
    throw error;
  }
}

function unsound(file: string, reason: string, cause: unknown): DataError {
  return new DataError(`${file}: ${reason}`, 'Download the file again; it may be cut off or of another format.', {
    cause,
  });
}

function unreadable(file: string, cause: unknown): DataError {
  const { message } = cause as Error;
  return new DataError(`${file} cannot be read: ${message}.`, 'Check that it is a file you may read.', { cause });
}
