import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import path from 'node:path';
import type { DataSpecification } from '../../protocol/dataSpecification';
import { imageOptionsOf, testShareOf, type ImageOptions, type SkippedImage } from '../../protocol/imageJobs';
import { DataError } from '../error';
import type { Dataset, ExampleSet } from '../exampleSet';
import { examplesOf, type Values } from '../rows';
import { MOST_RESIDENT_BYTES } from '../scaling';
import { decodedRows, discard, type Decode } from './cache';
import { listImages, type Listing } from './listing';
import type { RowsFile } from './rowsFile';

/** What loading a folder of images takes besides its path. */
export interface ImageLoading {
  /** Folder of decoded images. */
  readonly cache: string;
  /** Bytes of memory that this process may use. */
  readonly memory: number;
  readonly decode: Decode;
  readonly signal?: AbortSignal;
}

/** Data beyond this share of the memory are read from the disk as they are needed, as those beyond a fixed size are. */
const SHARE_OF_MEMORY = 1 / 4;
/** A stand-in has no more images: they are only there to be multiplied. */
const STAND_INS = 4096;

/**
 * The images of a folder and its sub-folders, decoded once and then taken from the cache. They are kept in memory, or where they
 * are large, or `lazily`, read from the cache by row. Throws {@link DataError}.
 */
export async function readImageFolder(
  folder: string,
  data: DataSpecification,
  loading: ImageLoading,
  lazily: boolean,
): Promise<Dataset> {
  const options = imageOptionsOf(data);
  const listing = await listImages(folder, testShareOf(data), loading.signal);
  const { rows, fingerprint } = await readRows(listing, options, loading, lazily);
  const skipped = rows.skipped.map(([position, reason]): SkippedImage => {
    return { file: listing.images[position]!.file, reason };
  });
  const { train, test } = splitOf(listing, rows, folder, skipped);
  return {
    ...described(folder, listing, options),
    train,
    test,
    images: { used: rows.count, skipped, fingerprint, remarks: listing.remarks },
  };
}

/** Black images in place of a folder's, as many and with the same labels, up to a limit: for measuring the speed of steps. */
export async function standInFor(folder: string, data: DataSpecification, signal?: AbortSignal): Promise<Dataset> {
  const options = imageOptionsOf(data);
  const listing = await listImages(folder, testShareOf(data), signal);
  const { images, tests } = listing;
  const blank = (split: ExampleSet['split'], from: number, to: number): ExampleSet => {
    const count = Math.min(STAND_INS, to - from);
    const values = new Uint8Array(count * options.height * options.width * options.channels);
    return { split, count, values, labels: labelsOf(listing, from, from + count) };
  };
  return {
    ...described(folder, listing, options),
    test: blank('test', 0, tests),
    train: blank('train', tests, images.length),
  };
}

function described(folder: string, { classes }: Listing, { height, width, channels }: ImageOptions) {
  return {
    name: path.basename(folder),
    classes,
    shape: { kind: 'image', shape: [height, width, channels] as [number, number, number] } as const,
  };
}

interface Rows {
  readonly values: Values;
  readonly count: number;
  readonly skipped: RowsFile['skipped'];
}

/** Decodes again, once, if the cache proves to be damaged. */
async function readRows(listing: Listing, options: ImageOptions, loading: ImageLoading, lazily: boolean) {
  const { cache, memory, decode } = loading;
  for (let attempt = 1; ; attempt++) {
    const opened = await decodedRows(listing, options, cache, decode);
    const { rows, count, skipped } = opened;
    // Of what was decoded: a folder that was moved or copied has the same images.
    const fingerprint = createHash('sha256').update(Uint32Array.from(rows.checksums)).digest('hex');
    const resident = count * rows.size <= Math.min(MOST_RESIDENT_BYTES, memory * SHARE_OF_MEMORY);
    if (lazily || !resident) return { rows: { values: rows, count, skipped } satisfies Rows, fingerprint };
    try {
      const values = examplesOf({ values: rows, count }, 0, count);
      closeSync(rows.descriptor);
      return { rows: { values, count, skipped } satisfies Rows, fingerprint };
    } catch (error) {
      discard(opened);
      if (attempt > 1) throw error;
    }
  }
}

/** The rows of each split: those of the test images come first. Throws {@link DataError} where one has none. */
function splitOf(listing: Listing, rows: Rows, folder: string, skipped: readonly SkippedImage[]) {
  const { images, tests } = listing;
  const lost = new Set(rows.skipped.map(([position]) => position));
  const kept = images.flatMap((_, position) => (lost.has(position) ? [] : [position]));
  const testCount = kept.filter((position) => position < tests).length;
  if (testCount === 0 || testCount === kept.length) {
    const [first] = skipped;
    const reason = first === undefined ? '' : ` The first of them is ${first.file}: ${first.reason}.`;
    throw new DataError(
      `Of ${images.length} images in ${folder}, ${skipped.length} cannot be decoded, and none is left for ${testCount === 0 ? 'testing' : 'training'}.${reason}`,
      'Replace these files, or set data.path to another folder.',
    );
  }
  const set = (split: ExampleSet['split'], from: number, to: number): ExampleSet => {
    const labels = listing.classes && Uint8Array.from(kept.slice(from, to), (position) => images[position]!.label ?? 0);
    return { split, count: to - from, values: sliced(rows.values, from, to, rows.count), labels };
  };
  return { test: set('test', 0, testCount), train: set('train', testCount, kept.length) };
}

function labelsOf({ images, classes }: Listing, from: number, to: number): Uint8Array | undefined {
  return classes && Uint8Array.from(images.slice(from, to), ({ label }) => label ?? 0);
}

function sliced(values: Values, from: number, to: number, count: number): Values {
  if (ArrayBuffer.isView(values)) {
    const size = values.length / count;
    return values.subarray(from * size, to * size);
  }
  const { offset, size, checksums } = values;
  return { ...values, offset: offset + from * size, checksums: checksums.subarray(from, to) };
}
