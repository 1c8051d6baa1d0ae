import path from 'node:path';
import { errorMessage } from '../common/systemError';
import { FormatError } from '../formats/error';
import { parseSafetensorsHeader, safetensorsDataStart } from '../formats/safetensors';
import { quote, type StrictJson } from '../formats/strictJson';
import { FileSource, readBytes, type ByteSource } from './byteSource';
import { readWatched, type Opening } from './opening';
import { existingSibling } from './siblings';
import {
  checkNameAndRank,
  checkTensorCount,
  closeTensorFile,
  typeProblem,
  type StoredTensor,
  type TensorFile,
} from './tensorFile';

const PREFIX_BYTES = 8;
/** Shorter headers are parsed too quickly to report; for shards, the current one is reported. */
const LONG_HEADER_BYTES = 1024 * 1024;
/** Each stays open. The largest models have some two hundred. */
const MOST_SHARDS = 1_000;

/** Opens a safetensors file by its header. Throws {@link FormatError}; `source` stays the caller's then. */
export async function openSafetensors(source: ByteSource, opening: Opening): Promise<TensorFile> {
  const prefix = await readBytes(source, 0, Math.min(PREFIX_BYTES, source.size));
  const length = safetensorsDataStart(prefix, source.size);
  const header = await readWatched(source, 0, length, opening, 'the header');
  if (length > LONG_HEADER_BYTES) opening.tell(`Looking through a header of ${Math.ceil(length / 1e6)} MB`);
  const whileParsing = () => opening.throwIfAborted();
  const { tensors, metadata, dataStart } = parseSafetensorsHeader(header, source.size, { whileParsing });
  checkTensorCount(tensors.size);
  const listed = [...tensors].map(([name, { dtype, shape, begin, end }]): StoredTensor => {
    checkNameAndRank(name, shape);
    const elements = shape.reduce((product, size) => product * size, 1);
    const problem = typeProblem(dtype);
    const at = problem === undefined ? { source: () => Promise.resolve(source), offset: dataStart + begin } : undefined;
    return { name, type: dtype, shape, elements, bytes: end - begin, at, problem };
  });
  return { format: 'safetensors', tensors: listed, metadata, sources: [source] };
}

/** `model.safetensors.index.json`: which shard has which tensor (Hugging Face's layout of large models). */
export async function openShardedSafetensors(
  file: string,
  index: Map<string, StrictJson>,
  opening: Opening,
): Promise<TensorFile> {
  const { shards, metadata } = readIndex(index);
  const opened = new Shards(file, opening);
  const tensors: StoredTensor[] = [];
  try {
    for (const [at, [shard, names]] of [...shards].entries()) {
      opening.tell(`Reading the header of file ${at + 1} of ${shards.size}`);
      const found = await opened.tensorsOf(shard);
      for (const name of names) {
        const missing = `it is not in the shard ${quote(shard)}`;
        const problem = typeof found === 'string' ? found : missing;
        const tensor = typeof found === 'string' ? undefined : found.get(name);
        tensors.push(tensor ?? { name, type: '?', shape: [], elements: 0, bytes: 0, problem });
      }
    }
    return { format: 'sharded safetensors', tensors, metadata, sources: opened.sources };
  } catch (error) {
    await closeTensorFile(opened);
    throw error;
  }
}

/** The shards that an index names, each opened once, however it is named. */
class Shards {
  readonly sources: ByteSource[] = [];
  private readonly known = new Map<string, Map<string, StoredTensor> | string>();
  private listed = 0;

  constructor(
    private readonly file: string,
    private readonly opening: Opening,
  ) {}

  /** By name; or the reason why the shard is missing or damaged, which leaves the others usable. */
  async tensorsOf(shard: string): Promise<ReadonlyMap<string, StoredTensor> | string> {
    // Outside the `try`: an index that refers to files elsewhere is not opened at all.
    const location = await existingSibling(this.file, shard);
    if (location === undefined) return `its shard ${quote(shard)} is missing`;
    const found = this.known.get(location) ?? (await this.open(location, shard));
    this.known.set(location, found);
    return found;
  }

  private async open(location: string, shard: string): Promise<Map<string, StoredTensor> | string> {
    this.opening.throwIfAborted();
    const found = await this.read(location).catch((error: unknown) => {
      this.opening.throwIfAborted();
      const why = errorMessage(error);
      return `its shard ${quote(path.basename(shard))} cannot be read (${why.replace(/\.$/, '')})`;
    });
    if (typeof found === 'string') return found;
    // Counts the tensors of all shards, also those that the index does not name: their headers were read.
    checkTensorCount((this.listed += found.length));
    return new Map(found.map((tensor) => [tensor.name, tensor]));
  }

  private async read(location: string): Promise<readonly StoredTensor[]> {
    const source = await FileSource.open(location);
    this.sources.push(source);
    return (await openSafetensors(source, this.opening)).tensors;
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
    checkNameAndRank(name, []);
    const names = shards.get(shard);
    if (names === undefined) shards.set(shard, [name]);
    else names.push(name);
  }
  if (shards.size > MOST_SHARDS) {
    throw new FormatError(`The index names ${shards.size} files; the limit is ${MOST_SHARDS}.`);
  }
  const said = index.get('metadata');
  const metadata = said instanceof Map ? [...said] : [];
  return { shards, metadata: Object.fromEntries(metadata.map(([key, value]) => [key, textOf(value)])) };
}

/** A value of the index's metadata; few writers use anything but numbers and text. */
function textOf(value: StrictJson): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Map ? Object.fromEntries(part) : part));
}
