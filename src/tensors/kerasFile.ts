import type { Archive } from './archive';
import { readBytes, type ByteSource } from './byteSource';
import { openHdf5 } from './hdf5File';
import type { Opening } from './opening';
import type { TensorFile } from './tensorFile';

/** Members of the ZIP archive that Keras 3 saves: its weights, and its metadata as JSON. */
const WEIGHTS = 'model.weights.h5';
const TEXTS: readonly string[] = ['metadata.json', 'config.json'];
const LONGEST_TEXT = 1_000_000;

/** Opens a `.keras` model; undefined for an archive that is none. Throws FormatError. */
export async function openKeras(
  archive: Archive,
  source: ByteSource,
  opening: Opening,
): Promise<TensorFile | undefined> {
  const weights = archive.members.findLast(({ name }) => name === WEIGHTS);
  if (weights === undefined) return undefined;
  const { tensors, metadata } = await openHdf5(await archive.open(weights), opening);
  const said: [string, string][] = [];
  for (const member of archive.members) {
    if (!TEXTS.includes(member.name) || member.bytes > LONGEST_TEXT) continue;
    const text = await archive.open(member);
    said.push([member.name, new TextDecoder().decode(await readBytes(text, 0, text.size))]);
  }
  return { format: 'Keras', tensors, metadata: { ...metadata, ...Object.fromEntries(said) }, sources: [source] };
}
