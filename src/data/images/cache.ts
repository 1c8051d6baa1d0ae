import { createHash, randomBytes } from 'node:crypto';
import { closeSync, unlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dependencies } from '../../../package.json';
import { byteCount } from '../../common/byteCount';
import { errorCode, reasonOf } from '../../common/systemError';
import type { ImageOptions } from '../../protocol/imageJobs';
import { DataError } from '../error';
import type { Listing } from './listing';
import { openRows, type RowsFile } from './rowsFile';

/** Decodes a listing's files into `out`. Rejects with an error whose `code` is the system's, if that refused something. */
export type Decode = (job: {
  readonly root: string;
  readonly files: readonly string[];
  readonly options: ImageOptions;
  readonly key: string;
  readonly out: string;
}) => Promise<unknown>;

/** As many sizes of one folder are kept, or as many of its states. */
const KEPT_PER_FOLDER = 3;
/** What a decoder left that did not come to its end. */
const LEFTOVER_MILLISECONDS = 24 * 60 * 60 * 1000;
const UNWRITABLE: readonly (string | undefined)[] = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'];
const FULL: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Names the decoded state of a listing: other files, changed files, other options or another decoder have another key. */
export function keyOf({ root, images }: Listing, options: ImageOptions): string {
  const { height, width, channels, fit } = options;
  const hash = createHash('sha256').update(JSON.stringify([root, height, width, channels, fit, dependencies.sharp]));
  for (const { file, size, modified } of images) hash.update(`\n${JSON.stringify([file, size, modified])}`);
  return hash.digest('hex');
}

/**
 * The decoded images of a listing, from the cache or decoded now. Two processes may do so at once: each writes a file of its
 * own, and the last one takes the place of the other, which stays readable. Throws {@link DataError}.
 *
 * @param cache folder of all decoded images; where nothing can be written to it, they go to a temporary file
 */
export async function decodedRows(
  listing: Listing,
  options: ImageOptions,
  cache: string,
  decode: Decode,
): Promise<RowsFile> {
  const key = keyOf(listing, options);
  const rowBytes = options.height * options.width * options.channels;
  const folder = createHash('sha256').update(listing.root).digest('hex').slice(0, 16);
  const file = path.join(cache, `${folder}-${key.slice(0, 32)}.images`);
  const kept = openRows(file, key, rowBytes);
  if (kept !== undefined) {
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined); // How recently it was used.
    return kept;
  }
  const writable = await makeWritable(cache);
  const home = writable ? cache : await mkdtemp(path.join(tmpdir(), 'latent-studio-'));
  const out = path.join(home, `${folder}-${randomBytes(8).toString('hex')}.part`);
  try {
    await checkSpace(home, listing.images.length * rowBytes);
    const files = listing.images.map(({ file: name }) => name);
    await decode({ root: listing.root, files, options, key, out }).catch((error: unknown) => {
      throw FULL.includes(errorCode(error)) ? full(home, error) : error;
    });
    const decoded = openRows(out, key, rowBytes);
    if (decoded === undefined) throw new DataError(`The decoded images in ${out} cannot be read.`, FREE_SPACE);
    if (!writable) return decoded; // Its descriptor keeps it until the process ends.
    // Windows renames no file that is open; what is then left is a leftover.
    const renamed = await rename(out, file).then(
      () => true,
      () => false,
    );
    await tidy(cache, folder);
    return { ...decoded, rows: { ...decoded.rows, file: renamed ? file : out } };
  } finally {
    await rm(out, { force: true }).catch(() => undefined);
    if (!writable) await rm(home, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Closes and removes decoded images that proved to be damaged. */
export function discard({ rows: { file, descriptor } }: RowsFile): void {
  closeSync(descriptor);
  try {
    unlinkSync(file);
  } catch {
    // Another process removed it, or it is in nobody's way: the next one replaces it.
  }
}

async function makeWritable(cache: string): Promise<boolean> {
  try {
    await mkdir(cache, { recursive: true, mode: 0o700 });
    await rm(await mkdtemp(path.join(cache, 'try-')), { recursive: true });
    return true;
  } catch (error) {
    if (UNWRITABLE.includes(errorCode(error))) return false;
    if (FULL.includes(errorCode(error))) throw full(cache, error);
    throw new DataError(`The folder ${cache} cannot be used: ${reasonOf(error)}.`, FREE_SPACE, { cause: error });
  }
}

const FREE_SPACE = 'Free some space, set LATENT_STUDIO_CACHE to a folder on another disk, or make data.size smaller.';

function full(folder: string, cause?: unknown): DataError {
  return new DataError(`The disk of ${folder}, where decoded images are kept, is full.`, FREE_SPACE, { cause });
}

/** Throws {@link DataError}, before anything is written, where the disk has no room for them. */
async function checkSpace(folder: string, bytes: number): Promise<void> {
  const space = await statfs(folder).catch(() => undefined);
  if (space === undefined || space.bsize === 0) return;
  const free = space.bavail * space.bsize;
  if (bytes <= free) return;
  throw new DataError(
    `The decoded images take ${byteCount(bytes)}, and the disk of ${folder} has ${byteCount(free)} left.`,
    FREE_SPACE,
  );
}

/** Removes what was not used for longest of a folder's decoded images, and leftovers. */
async function tidy(cache: string, folder: string): Promise<void> {
  const names = (await readdir(cache).catch(() => [])).filter((name) => /\.(images|part)$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(path.join(cache, name)).catch(() => undefined);
      return { name, used: stats?.mtimeMs ?? 0 };
    }),
  );
  const old = Date.now() - LEFTOVER_MILLISECONDS;
  const parts = found.filter(({ name, used }) => name.endsWith('.part') && used < old);
  const own = found.filter(({ name }) => name.startsWith(`${folder}-`) && name.endsWith('.images'));
  const unused = own.sort((a, b) => b.used - a.used).slice(KEPT_PER_FOLDER);
  for (const { name } of [...parts, ...unused])
    await rm(path.join(cache, name), { force: true }).catch(() => undefined);
}
