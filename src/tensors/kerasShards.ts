import { errorMessage } from '../common/systemError';
import { FormatError } from '../formats/error';
import { quote, type StrictJson } from '../formats/strictJson';
import { FileSource, type ByteSource } from './byteSource';
import { openHdf5 } from './hdf5File';
import type { Opening } from './opening';
import { existingSibling } from './siblings';
import { checkNameAndRank, checkTensorCount, closeTensorFile, type StoredTensor, type TensorFile } from './tensorFile';

/** Each stays open. */
const MOST_SHARDS = 1_000;

/**
 * Keras's `model.weights.json`: the HDF5 files with the variables of each layer. A variable is below its layer's path in
 * one of them. A missing or damaged shard leaves the others usable. Throws {@link FormatError}.
 */
export async function openShardedKeras(
  file: string,
  index: Map<string, StrictJson>,
  opening: Opening,
): Promise<TensorFile> {
  const shards = shardsOf(index);
  const sources: ByteSource[] = [];
  const tensors: StoredTensor[] = [];
  try {
    for (const [at, [shard, layers]] of [...shards].entries()) {
      opening.throwIfAborted();
      opening.tell(`Reading file ${at + 1} of ${shards.size}`);
      const location = await existingSibling(file, shard);
      const found = location === undefined ? 'is missing' : await tensorsOf(location, sources, opening);
      if (typeof found === 'string') {
        const problem = `its shard ${quote(shard)} ${found}`;
        tensors.push(
          ...layers.map((name) => ({
            name: name.replace(/^\//, ''),
            type: '?',
            shape: [],
            elements: 0,
            bytes: 0,
            problem,
          })),
        );
      } else tensors.push(...found);
      checkTensorCount(tensors.length);
    }
    return { format: 'sharded Keras', tensors: distinct(tensors), metadata: {}, sources };
  } catch (error) {
    await closeTensorFile({ sources });
    throw error;
  }
}

async function tensorsOf(location: string, sources: ByteSource[], opening: Opening) {
  try {
    const source = await FileSource.open(location);
    sources.push(source);
    return (await openHdf5(source, opening)).tensors;
  } catch (error) {
    opening.throwIfAborted();
    return `cannot be read (${errorMessage(error).replace(/\.$/, '')})`;
  }
}

/** The files in the order of the index, each with its layers. */
function shardsOf(index: Map<string, StrictJson>): Map<string, string[]> {
  const shards = new Map<string, string[]>();
  for (const [layer, files] of index.get('weight_map') as Map<string, StrictJson>) {
    checkNameAndRank(layer, []);
    for (const shard of files as StrictJson[]) {
      if (typeof shard !== 'string') throw new FormatError(`The index does not say where ${quote(layer)} is.`);
      const layers = shards.get(shard) ?? [];
      if (!shards.has(shard)) shards.set(shard, layers);
      layers.push(layer);
      if (shards.size > MOST_SHARDS) throw new FormatError(`The index names more than ${MOST_SHARDS} files.`);
    }
  }
  return shards;
}

/** A layer that is spread over several files is listed once for all of those that are missing. */
function distinct(tensors: readonly StoredTensor[]): StoredTensor[] {
  return [...new Map(tensors.map((tensor) => [tensor.name, tensor])).values()];
}
