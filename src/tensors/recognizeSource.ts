import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TensorFormat } from '../protocol/tensors';
import { FormatError } from '../formats/error';
import { HEAD_BYTES, recognize, refuse, type Recognized } from '../formats/recognition';
import { hasZipEnd, ZIP_TAIL_BYTES } from '../formats/zip';
import { readBytes, type ByteSource } from './byteSource';
import { superblockAt } from './hdf5/superblock';

/** Recognizes a file from a few kilobytes of it. */
export async function recognizeSource(source: ByteSource, name: string): Promise<Recognized> {
  const { size } = source;
  const head = await readBytes(source, 0, Math.min(HEAD_BYTES, size));
  const end = Math.min(8, size);
  const found = recognize(head, size, name, await readBytes(source, size - end, end));
  if (found.kind === 'foreign' && found.surely) return found;
  // JSON and text can be a user block, too; what begins as HDF5, NumPy, ZIP or safetensors is that.
  if (found.kind !== 'foreign' && found.kind !== 'json') return found;
  if ((await superblockAt(source)) !== undefined) return { kind: 'hdf5' };
  if (found.kind === 'json') return found;
  const tail = Math.min(ZIP_TAIL_BYTES, size);
  return hasZipEnd(await readBytes(source, size - tail, tail)) ? { kind: 'zip' } : found;
}

const EXTENSIONS: Readonly<Record<string, readonly TensorFormat[]>> = {
  '.safetensors': ['safetensors'],
  '.npy': ['NumPy array'],
  '.npz': ['NumPy archive'],
  '.h5': ['HDF5'],
  '.hdf5': ['HDF5'],
  '.keras': ['Keras'],
  '.json': ['TensorFlow.js', 'sharded safetensors', 'sharded Keras'],
  ...Object.fromEntries(['.pt', '.pth', '.ckpt', '.bin', '.pkl', '.onnx', '.gguf'].map((name) => [name, []])),
};

/** The extension of a name, if it belongs to another format. */
export function misleadingExtension(name: string, format: TensorFormat): string | undefined {
  const extension = path.extname(name).toLowerCase();
  const formats = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension]! : undefined;
  return formats === undefined || formats.includes(format) ? undefined : extension;
}

/** By a file that the folders of models have in them. */
const FOLDERS = [
  ['saved_model.pb', 'savedModel'],
  ['Manifest.json', 'coreml'],
  ['_CHECKPOINT_METADATA', 'orbaxFolder'],
  ['_METADATA', 'orbaxFolder'],
  ['.zgroup', 'orbaxFolder'],
  ['.zarray', 'orbaxFolder'],
  ['zarr.json', 'orbaxFolder'],
] as const;

/** Throws {@link FormatError} for a folder, with the kind of model if recognized. */
export async function refuseFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  for (const [name, kind] of FOLDERS) {
    const exists = await access(path.join(folder, name)).then(
      () => true,
      () => false,
    );
    if (exists) refuse(kind);
  }
  throw new FormatError('This is not a regular file but a folder, so it is not read. Open a file of weights in it.');
}
