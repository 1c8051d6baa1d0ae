import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import path from 'node:path';
import { plural } from '../../common/plural';
import { reasonOf } from '../../common/systemError';
import { IMAGE_FILE } from '../../protocol/imageJobs';
import { DataError } from '../error';

/** A file that looks like an image by its name. */
export interface ListedImage {
  /** Relative to the folder, with "/". */
  readonly file: string;
  readonly size: number;
  readonly modified: number;
  /** Index into {@link Listing.classes}. */
  readonly label?: number;
}

export interface Listing {
  /** The folder, its links resolved. */
  readonly root: string;
  /**
   * The test images, then the training images, each in an order that a hash of their paths gives: the first ones are of all
   * classes, and a file that is added changes neither the split nor the order of the others.
   */
  readonly images: readonly ListedImage[];
  /** How many of them are test images. */
  readonly tests: number;
  /** Whether the folder itself has a folder of test images. */
  readonly split: boolean;
  /** Names of the folders that the labels mean, sorted. */
  readonly classes?: readonly string[];
  /** What a user may not expect, as sentences. */
  readonly remarks: readonly string[];
}

/** Labels are bytes. */
const MOST_CLASSES = 256;
/** What is larger is not kept in lists of names either. */
const MOST_IMAGES = 5_000_000;
/** Entries after which other work gets its turn: a few milliseconds. */
const ENTRIES_A_TURN = 500;
/** Folders of test images beside “train”, the most specific name first. */
const TEST_FOLDERS = ['test', 'val', 'valid', 'validation'];

/**
 * The images of a folder and its sub-folders. Hidden files, files with other endings and links that lead out of the folder
 * are passed over. Throws {@link DataError} for a folder without images, or with a single one.
 *
 * @param testShare where the folder has no “train” and “test” folders
 */
export async function listImages(folder: string, testShare: number, signal?: AbortSignal): Promise<Listing> {
  const root = real(folder);
  const found = await walk(root, signal);
  const { images, strays } = found;
  if (images.length < 2) {
    const outside =
      strays === 0 ? '' : ` ${plural(strays, 'link')} out of the folder ${strays === 1 ? 'was' : 'were'} passed over.`;
    throw new DataError(
      `${images.length === 0 ? 'There are no images' : 'There is a single image'} in ${folder}.${outside}`,
      'Set data.path to a folder with PNG, JPEG, WebP, GIF or BMP files, a training image and a test image at least.',
    );
  }
  const remarks = strays === 0 ? [] : [`Links out of the folder were passed over: ${strays}.`];
  const base = commonFolder(images.map(({ file }) => file));
  const parts = images.map((image) => ({ ...image, place: hashOf(image.file), folders: foldersOf(image.file, base) }));
  const sides = splitFolders(parts.map(({ folders }) => folders[0]));
  const isTest = sides
    ? ({ folders }: { folders: readonly string[] }) => folders[0] === sides.test
    : ({ place }: { place: number }) => place < testShare;
  const kept = sides ? parts.filter(({ folders }) => folders[0] === sides.train || folders[0] === sides.test) : parts;
  if (kept.length < parts.length) {
    remarks.push(
      `Images outside of the folders “${sides!.train}” and “${sides!.test}” are not used: ${parts.length - kept.length}.`,
    );
  }
  const ordered = kept
    .map((image) => ({ ...image, test: isTest(image) }))
    .sort((a, b) => Number(b.test) - Number(a.test) || a.place - b.place || (a.file < b.file ? -1 : 1));
  const depth = sides ? 1 : 0;
  const names = [...new Set(ordered.map(({ folders }) => folders[depth]))].sort();
  const labeled = names.length > 1 && !names.includes(undefined);
  if (labeled && names.length > MOST_CLASSES) {
    remarks.push(`The ${names.length} sub-folders are no labels: there may be ${MOST_CLASSES} classes at most.`);
  }
  const classes = labeled && names.length <= MOST_CLASSES ? (names as string[]) : undefined;
  const labels = new Map(classes?.map((name, label) => [name, label]));
  const tests = ordered.filter(({ test }) => test).length;
  return {
    root,
    images: ordered.map(({ file, size, modified, folders }) => ({
      ...{ file, size, modified },
      label: labels.get(folders[depth] ?? ''),
    })),
    // Of a small folder, a hash may put all images on one side.
    tests: Math.min(Math.max(tests, 1), ordered.length - 1),
    split: sides !== undefined,
    classes,
    remarks,
  };
}

function real(folder: string): string {
  try {
    const root = realpathSync(folder);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    throw new DataError(`The folder ${folder} cannot be used: ${reasonOf(error)}.`, WHICH_FOLDER, { cause: error });
  }
  throw new DataError(`${folder} is not a folder.`, WHICH_FOLDER);
}

const WHICH_FOLDER =
  'Set data.path to the folder with the images; a relative path starts from the specification’s folder.';

type Found = Pick<ListedImage, 'file' | 'size' | 'modified'>;

/** Synchronous calls, with turns for other work: for many small files they take a fifth of the time. */
async function walk(root: string, signal?: AbortSignal): Promise<{ images: Found[]; strays: number }> {
  const images: Found[] = [];
  let strays = 0;
  let entries = 0;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(root, folder)) {
      if (++entries % ENTRIES_A_TURN === 0) {
        signal?.throwIfAborted();
        await breathe();
      }
      if (entry.name.startsWith('.')) continue;
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(file);
      else if (IMAGE_FILE.test(entry.name)) {
        const stats = statsOf(root, file, entry);
        if (stats === 'stray') strays += 1;
        else if (stats !== undefined) images.push({ file, size: stats.size, modified: stats.mtimeMs });
      }
    }
    if (images.length > MOST_IMAGES) {
      throw new DataError(
        `There are more than ${MOST_IMAGES} images in ${root}.`,
        'Set data.path to a smaller folder.',
      );
    }
  }
  return { images, strays };
}

function entriesOf(root: string, folder: string): Dirent[] {
  const location = path.join(root, folder);
  try {
    return readdirSync(location, { withFileTypes: true });
  } catch (error) {
    throw new DataError(`The folder ${location} cannot be read: ${reasonOf(error)}.`, 'Check its permissions.', {
      cause: error,
    });
  }
}

/** Undefined for what is no file, such as a pipe, which would block its reader. */
function statsOf(root: string, file: string, entry: Dirent) {
  const location = path.join(root, file);
  try {
    if (!entry.isSymbolicLink()) {
      const stats = lstatSync(location);
      return stats.isFile() ? stats : undefined;
    }
    const target = path.relative(root, realpathSync(location));
    if (target.startsWith('..') || path.isAbsolute(target)) return 'stray';
    const stats = statSync(location);
    return stats.isFile() ? stats : undefined;
  } catch {
    // It vanished, or its link leads nowhere; the decoder says so of files that do so later.
    return undefined;
  }
}

/** The folder that all images are in: archives unpack to folders within folders. */
function commonFolder(files: readonly string[]): string {
  const first = files[0]!.split('/').slice(0, -1);
  let length = first.length;
  for (const file of files) {
    const folders = file.split('/').slice(0, -1);
    length = Math.min(length, folders.length);
    for (let at = 0; at < length; at++) if (folders[at] !== first[at]) length = at;
  }
  return first.slice(0, length).join('/');
}

/** Names of the folders that the file is in, the outermost first, from `base` on. */
function foldersOf(file: string, base: string): string[] {
  const within = base === '' ? file : file.slice(base.length + 1);
  return within.split('/').slice(0, -1);
}

/** The folders of training and test images, if the folder has both. */
function splitFolders(tops: readonly (string | undefined)[]): { train: string; test: string } | undefined {
  const names = [...new Set(tops)].filter((name) => name !== undefined);
  const named = (wanted: string) => names.find((name) => name.toLowerCase() === wanted);
  const train = named('train');
  const test = TEST_FOLDERS.map(named).find((name) => name !== undefined);
  return train === undefined || test === undefined ? undefined : { train, test };
}

/** A number in [0, 1) that belongs to the path, the same on every machine. */
function hashOf(file: string): number {
  const digest = createHash('sha256').update(file.normalize('NFC')).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
