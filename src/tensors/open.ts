import path from 'node:path';
import { errorMessage } from '../common/systemError';
import { FormatError } from '../formats/error';
import { byJson, byMembers, refuse } from '../formats/recognition';
import { parseStrictJson, type StrictJson } from '../formats/strictJson';
import { FileSource, MemorySource, type ByteSource } from './byteSource';
import { Archive } from './archive';
import { openHdf5 } from './hdf5File';
import { openKeras } from './kerasFile';
import { openShardedKeras } from './kerasShards';
import { openNpy, openNpz } from './npyFile';
import { misleadingExtension, refuseFolder, recognizeSource } from './recognizeSource';
import { openSafetensors, openShardedSafetensors } from './safetensorsFile';
import type { TensorFile } from './tensorFile';
import { openTfjs } from './tfjsFile';
import { readWatched, UNWATCHED, type Opening } from './opening';

/** Topologies of large models are long, too. */
const LARGEST_JSON = 64 * 1024 * 1024;
/** Of topologies, too, which nest deeply and say much; a thread's memory holds as much. */
const JSON_LIMITS = { depth: 256, values: 8_000_000, containers: 2_000_000, members: 1_000_000, nonFinite: true };

interface Where {
  readonly onDisk: boolean;
  readonly opening: Opening;
}

/**
 * Opens a tensor file by its headers alone; its contents decide the format, not its name. Throws
 * {@link FormatError} with a message for users for damaged or unknown files, and what `opening` throws when it is
 * cancelled.
 */
export async function openTensorFile(file: string, opening = UNWATCHED): Promise<TensorFile> {
  await refuseFolder(file);
  const source = await FileSource.open(file);
  return opened(source, () => openSource(source, file, { onDisk: true, opening }));
}

/** The same for bytes without a local file: formats that refer to other files cannot be opened. */
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

async function openSource(source: ByteSource, file: string, where: Where): Promise<TensorFile> {
  const name = path.basename(file);
  const opened = await openRecognized(source, file, where);
  const misnamed = misleadingExtension(name, opened.format);
  return misnamed === undefined ? opened : { ...opened, misnamed };
}

async function openRecognized(source: ByteSource, file: string, where: Where): Promise<TensorFile> {
  const { opening } = where;
  const name = path.basename(file);
  const found = await recognizeSource(source, name);
  switch (found.kind) {
    case 'hdf5':
      return openHdf5(source, opening);
    case 'npy':
      return openNpy(source, path.parse(name).name);
    case 'zip':
      return openArchive(source, opening);
    case 'json':
      return openModel(source, file, where);
    case 'safetensors':
      return openSafetensors(source, opening);
    default:
      throw new FormatError(found.sentence);
  }
}

async function openArchive(source: ByteSource, opening: Opening): Promise<TensorFile> {
  const archive = await Archive.open(source);
  const kind = byMembers(archive.members.map(({ name }) => name));
  if (kind === 'npz') return openNpz(archive, source, opening);
  const keras = kind === 'keras' ? await openKeras(archive, source, opening) : undefined;
  return keras ?? refuse(kind === 'keras' ? 'zip' : kind);
}

async function openModel(source: ByteSource, file: string, { onDisk, opening }: Where): Promise<TensorFile> {
  if (source.size > LARGEST_JSON) {
    throw new FormatError(`This JSON file has ${source.size} bytes; the limit is ${LARGEST_JSON}.`);
  }
  const text = new TextDecoder().decode(await readWatched(source, 0, source.size, opening, 'the file'));
  const root = parse(text, opening);
  const kind = byJson(root);
  if (kind !== 'tfjs' && kind !== 'safetensors index' && kind !== 'keras index') refuse(kind);
  if (!onDisk) throw new FormatError('A model of several files can only be opened from a disk.');
  // Converters once wrote the manifest into a file of its own.
  const model = root instanceof Map ? root : new Map([['weightsManifest', root]]);
  if (kind === 'tfjs') return withIndex(source, await openTfjs(file, model, opening));
  if (kind === 'keras index') return withIndex(source, await openShardedKeras(file, model, opening));
  return withIndex(source, await openShardedSafetensors(file, model, opening));
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
