import path from 'node:path';
import { FormatError } from '../formats/error';
import { parseSafetensorsHeader, safetensorsDataStart } from '../formats/safetensors';
import { quote, type StrictJson } from '../formats/strictJson';
import { FileSource, readBytes, type ByteSource } from './byteSource';
import { siblingOf } from './siblings';
import {
  checkRank,
  checkTensorCount,
  closeTensorFile,
  typeProblem,
  type StoredTensor,
  type TensorFile,
} from './tensorFile';

const PREFIX_BYTES = 8;
const MOST_SHARDS = 10_000;

/** Opens a safetensors file by its header. Throws {@link FormatError}; `source` stays the caller's then. */
export async function openSafetensors(source: ByteSource): Promise<TensorFile> {
  const prefix = await readBytes(source, 0, Math.min(PREFIX_BYTES, source.size));
  const header = await readBytes(source, 0, safetensorsDataStart(prefix, source.size));
  const { tensors, metadata, dataStart } = parseSafetensorsHeader(header, source.size);
  checkTensorCount(tensors.size);
  const listed = [...tensors].map(([name, { dtype, shape, begin, end }]): StoredTensor => {
    checkRank(name, shape);
    const elements = shape.reduce((product, size) => product * size, 1);
    const problem = typeProblem(dtype);
    const at = problem === undefined ? { source: () => Promise.resolve(source), offset: dataStart + begin } : undefined;
    return { name, type: dtype, shape, elements, bytes: end - begin, at, problem };
  });
  return { format: 'safetensors', tensors: listed, metadata, sources: [source] };
}

/** `model.safetensors.index.json`: which shard has which tensor (Hugging Face's layout of large models). */
export async function openShardedSafetensors(file: string, index: Map<string, StrictJson>): Promise<TensorFile> {
  const { shards, metadata } = readIndex(index);
  const sources: ByteSource[] = [];
  const tensors: StoredTensor[] = [];
  try {
    for (const [shard, names] of shards) {
      const found = await openShard(file, shard, sources);
      for (const name of names) {
        const missing = `it is not in the shard ${quote(shard)}`;
        const problem = typeof found === 'string' ? found : missing;
        const tensor = typeof found === 'string' ? undefined : found.get(name);
        tensors.push(tensor ?? { name, type: '?', shape: [], elements: 0, bytes: 0, problem });
      }
    }
    return { format: 'sharded safetensors', tensors, metadata, sources };
  } catch (error) {
    await closeTensorFile({ sources });
    throw error;
  }
}

/** A shard's tensors by name; why there are none where it is missing or damaged, which leaves the others usable. */
async function openShard(
  file: string,
  shard: string,
  sources: ByteSource[],
): Promise<Map<string, StoredTensor> | string> {
  // Outside of what follows: an index that names files elsewhere is not opened at all.
  const location = await siblingOf(file, shard).catch((error: unknown) => {
    if (error instanceof FormatError && error.message.endsWith('is not there.')) return undefined;
    throw error;
  });
  if (location === undefined) return `its shard ${quote(shard)} is missing`;
  try {
    const source = await FileSource.open(location);
    sources.push(source);
    const { tensors } = await openSafetensors(source);
    return new Map(tensors.map((tensor) => [tensor.name, tensor]));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `its shard ${quote(path.basename(shard))} cannot be read (${why.replace(/\.$/, '')})`;
  }
}

function readIndex(index: Map<string, StrictJson>): {
  shards: Map<string, string[]>;
  metadata: Record<string, string>;
} {
  const map = index.get('weight_map');
  if (!(map instanceof Map)) throw new FormatError('The “weight_map” of this index does not say where tensors are.');
  checkTensorCount(map.size);
  const shards = new Map<string, string[]>();
  for (const [name, shard] of map) {
    if (typeof shard !== 'string') throw new FormatError(`The index does not say where ${quote(name)} is.`);
    const names = shards.get(shard);
    if (names === undefined) shards.set(shard, [name]);
    else names.push(name);
  }
  if (shards.size > MOST_SHARDS) throw new FormatError(`The index names ${shards.size} files.`);
  const said = index.get('metadata');
  const metadata = said instanceof Map ? [...said] : [];
  return { shards, metadata: Object.fromEntries(metadata.map(([key, value]) => [key, String(value)])) };
}
