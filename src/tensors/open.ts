import path from 'node:path';
import { errorMessage } from '../common/systemError';
import { FormatError } from '../formats/error';
import { isNpy } from '../formats/npy';
import { parseStrictJson, type StrictJson } from '../formats/strictJson';
import { FileSource, MemorySource, readBytes, type ByteSource } from './byteSource';
import { Archive } from './archive';
import { superblockAt } from './hdf5/superblock';
import { openHdf5 } from './hdf5File';
import { openKeras } from './kerasFile';
import { openNpy, openNpz } from './npyFile';
import { openSafetensors, openShardedSafetensors } from './safetensorsFile';
import type { TensorFile } from './tensorFile';
import { openTfjs } from './tfjsFile';
import { readWatched, UNWATCHED, type Opening } from './opening';

/** Topologies of large models are long, too. */
const LARGEST_JSON = 64 * 1024 * 1024;
/** Of topologies, too, which nest deeply and say much; a thread's memory holds as much. */
const JSON_LIMITS = { depth: 256, values: 8_000_000, containers: 2_000_000, members: 1_000_000 };
const begins = (bytes: Uint8Array, with_: readonly number[]) => with_.every((byte, i) => bytes[i] === byte);

/**
 * Opens a file of tensors by its headers alone; what it is its bytes say, and its name where they do not. Throws
 * {@link FormatError} with words for people for what is damaged or not known, and what `opening` throws when it was called
 * off.
 */
export async function openTensorFile(file: string, opening = UNWATCHED): Promise<TensorFile> {
  const source = await FileSource.open(file);
  return opened(source, () => openSource(source, file, { onDisk: true, opening }));
}

/** The same for bytes that are no file of this machine: what names other files cannot be opened. */
export async function openTensorBytes(bytes: Uint8Array, name: string, opening = UNWATCHED): Promise<TensorFile> {
  return openSource(new MemorySource(bytes), name, { onDisk: false, opening });
}

async function opened(source: ByteSource, open: () => Promise<TensorFile>): Promise<TensorFile> {
  try {
    return await open();
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openSource(
  source: ByteSource,
  file: string,
  { onDisk, opening }: { onDisk: boolean; opening: Opening },
): Promise<TensorFile> {
  const name = path.basename(file);
  if (name.toLowerCase().endsWith('.json')) {
    if (!onDisk) throw new FormatError('A model of several files can be opened only where they lie on a disk.');
    return openModel(source, file, opening);
  }
  const start = await readBytes(source, 0, Math.min(8, source.size));
  const superblock = await superblockAt(source);
  if (superblock === 0) return openHdf5(source, opening);
  if (isNpy(start)) return openNpy(source, name.replace(/\.npy$/i, ''));
  // A safetensors header that is as long as "PK\x03\x04" says does not begin so.
  if (begins(start, [0x50, 0x4b, 3, 4]) || name.toLowerCase().endsWith('.npz')) {
    const archive = await Archive.open(source);
    return (await openKeras(archive, source, opening)) ?? openNpz(archive, source, opening);
  }
  // Behind a user block, which may hold anything: MATLAB's text, for one.
  if (superblock !== undefined) return openHdf5(source, opening);
  return openSafetensors(source, opening);
}

async function openModel(source: ByteSource, file: string, opening: Opening): Promise<TensorFile> {
  if (source.size > LARGEST_JSON) throw new FormatError(`A model.json of ${source.size} bytes is not read.`);
  const text = new TextDecoder().decode(await readWatched(source, 0, source.size, opening, 'the file'));
  const root = parse(text, opening);
  // Converters once wrote the manifest into a file of its own.
  const model = Array.isArray(root) ? new Map([['weightsManifest', root]]) : root;
  if (model instanceof Map && model.has('weightsManifest'))
    return withIndex(source, await openTfjs(file, model, opening));
  if (root instanceof Map && root.has('weight_map')) {
    return withIndex(source, await openShardedSafetensors(file, root, opening));
  }
  throw new FormatError(
    'This JSON file lists no tensors: neither a “weightsManifest” of TensorFlow.js nor a “weight_map” of safetensors.',
  );
}

function withIndex(index: ByteSource, file: TensorFile): TensorFile {
  return { ...file, index };
}

function parse(text: string, opening: Opening): StrictJson {
  opening.tell('Looking through the file');
  try {
    return parseStrictJson(text, JSON_LIMITS, { whileParsing: () => opening.throwIfAborted() });
  } catch (error) {
    opening.throwIfAborted();
    throw new FormatError(`This file cannot be read: ${errorMessage(error)}.`);
  }
}
