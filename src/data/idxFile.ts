import { readFileSync, statSync, type Stats } from 'node:fs';
import { open, opendir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { reasonOf } from '../common/systemError';
import { FormatError } from '../formats/error';
import { decodeIdx, decodeIdxHeader, LONGEST_IDX_HEADER, type IdxArray } from '../formats/idx';
import { DataError } from './error';

/** Checked before allocating memory, for a file and for its decompressed contents. */
const LARGEST_FILE = 2 ** 31 - 1;

/** An array and the file that it was read from. */
export type IdxFile = IdxArray & { readonly file: string };

/**
 * The file under one of its common names, in upper or lower case; undefined if there is none. If only a folder has such a
 * name, it is searched: some archives unpack to a folder around each file. The first bytes decide whether a file is
 * compressed: browsers decompress a download without removing `.gz` from its name. Throws {@link DataError}.
 *
 * @param lazily for an uncompressed file, only the header and the length are checked; its data are read on first access,
 *   which throws a {@link DataError} if the file was replaced meanwhile
 */
export async function readIdx(
  folder: string,
  stem: string,
  rank: number,
  lazily = false,
): Promise<IdxFile | undefined> {
  const file = await find(folder, stem, rank);
  if (file === undefined) return undefined;
  const size = checkedSize(file, await stat(file).catch((error: unknown) => Promise.reject(unreadable(file, error))));
  const begin = await beginningOf(file).catch((error: unknown) => Promise.reject(unreadable(file, error)));
  const packed = begin[0] === 0x1f && begin[1] === 0x8b;
  return lazily && !packed ? readWhenAsked(file, begin, size) : { file, ...(await readWhole(file, packed)) };
}

/** A folder with more names is not a data set in idx files. */
const MOST_NAMES = 10_000;

async function find(folder: string, stem: string, rank: number): Promise<string | undefined> {
  const names = [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`].flatMap((name) => [name, `${name}.gz`]);
  const present = await entriesOf(folder);
  const candidates = names.flatMap((name) => [
    ...present.filter((entry) => entry === name),
    ...present.filter((entry) => entry !== name && entry.toLowerCase() === name),
  ]);
  let [nested, other]: (string | undefined)[] = [];
  for (const candidate of candidates) {
    const location = path.join(folder, candidate);
    const stats = await stat(location).catch((error: unknown) => Promise.reject(unreadable(location, error)));
    if (stats.isFile()) return location;
    if (!stats.isDirectory()) other ??= location;
    else nested ??= await fileWithin(location, names);
  }
  // Anything else is rejected by `checkedSize`, under its own name.
  return nested ?? other ?? (candidates[0] === undefined ? undefined : path.join(folder, candidates[0]));
}

async function fileWithin(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const entry of (await entriesOf(folder)).filter((name) => names.includes(name.toLowerCase())).sort()) {
    const location = path.join(folder, entry);
    if (
      await stat(location).then(
        (stats) => stats.isFile(),
        () => false,
      )
    )
      return location;
  }
  return undefined;
}

/** The names in a folder. Throws {@link DataError} for one that cannot be read, or that is no folder of idx files. */
export async function entriesOf(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(folder)) {
      if (names.push(name) > MOST_NAMES)
        throw new DataError(`${folder} holds more than ${MOST_NAMES} files.`, ONE_FOLDER);
    }
  } catch (error) {
    throw error instanceof DataError ? error : unreadable(folder, error);
  }
  return names;
}

const ONE_FOLDER = 'Set data.path to a folder that contains only the idx files.';

/** Throws {@link DataError} for unsupported contents. */
function checkedSize(file: string, found: Stats): number {
  // Reading a pipe would block forever, and a device has no size.
  if (!found.isFile()) {
    throw new DataError(
      `${file} is not a file.`,
      'Put the idx file there, or set data.path to the folder that contains it.',
    );
  }
  if (found.size <= LARGEST_FILE) return found.size;
  throw new DataError(`${file} has ${found.size} bytes; the limit is ${LARGEST_FILE}.`, 'Use a smaller data set.');
}

async function readWhole(file: string, packed: boolean): Promise<IdxArray> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (!packed) return sound(file, () => decodeIdx(bytes));
  const unpacked = await promisify(gunzip)(bytes, { maxOutputLength: LARGEST_FILE }).catch((error: unknown) => {
    throw unsound(file, `It cannot be decompressed: ${(error as Error).message}.`, error);
  });
  return sound(file, () => decodeIdx(unpacked));
}

function readWhenAsked(file: string, begin: Uint8Array, size: number): IdxFile {
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
    checkedSize(file, statSync(file)); // The file may have been replaced since.
    bytes = readFileSync(file);
  } catch (error) {
    throw error instanceof DataError ? error : unreadable(file, error);
  }
  const { shape, data } = sound(file, () => decodeIdx(bytes));
  if (shape.join() === expected.join()) return data;
  const words = `${file} was replaced: it held an array of ${expected.join('×')} and now holds one of ${shape.join('×')}.`;
  throw new DataError(words, 'Open the model again.');
}

/** Adds the file's name to errors of decoding. */
function sound<T>(file: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FormatError) throw unsound(file, error.message, error);
    throw error;
  }
}

function unsound(file: string, reason: string, cause: unknown): DataError {
  return new DataError(`${file}: ${reason}`, 'Download the file again; it may be truncated or in another format.', {
    cause,
  });
}

function unreadable(file: string, cause: unknown): DataError {
  return new DataError(
    `${file} cannot be read: ${reasonOf(cause)}.`,
    'Check its permissions, and that data.path names a folder with idx files.',
    { cause },
  );
}
