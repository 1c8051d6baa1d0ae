import { plural } from '../common/plural';
import { reasonOf } from '../common/systemError';
import { FormatError } from '../formats/error';
import { quote, type StrictJson } from '../formats/strictJson';
import { FileSource, JoinedSource, type ByteSource } from './byteSource';
import type { Opening } from './opening';
import { existingSibling } from './siblings';
import {
  checkNameAndRank,
  checkTensorCount,
  closeTensorFile,
  typeProblem,
  type StoredTensor,
  type TensorFile,
} from './tensorFile';

/** TensorFlow.js's names; `string` has no fixed size and is listed only. */
const TYPES: Readonly<Record<string, { readonly type: string; readonly bytes: number }>> = {
  float32: { type: 'F32', bytes: 4 },
  float16: { type: 'F16', bytes: 2 },
  int32: { type: 'I32', bytes: 4 },
  uint16: { type: 'U16', bytes: 2 },
  uint8: { type: 'U8', bytes: 1 },
  bool: { type: 'BOOL', bytes: 1 },
  complex64: { type: 'C64', bytes: 8 },
};
/** Each stays open; a converter writes files of 4 MB. */
const MOST_FILES = 2_000;

/**
 * `model.json` of TensorFlow.js: groups of concatenated files, each with consecutive weights, quantized or not. Throws
 * {@link FormatError}.
 */
export async function openTfjs(file: string, model: Map<string, StrictJson>, opening: Opening): Promise<TensorFile> {
  const groups = list(model.get('weightsManifest'), 'weightsManifest');
  const sources: ByteSource[] = [];
  const locations = new Set<string>();
  const tensors: StoredTensor[] = [];
  try {
    for (const group of groups) {
      if (!(group instanceof Map)) throw wrong('has an invalid group of weights');
      const parts: (ByteSource | string)[] = [];
      for (const name of list(group.get('paths'), 'paths')) {
        if (typeof name !== 'string') throw wrong('has invalid file names');
        if (sources.length >= MOST_FILES) throw wrong(`names more than ${MOST_FILES} files, which are the limit`);
        opening.throwIfAborted();
        const location = await existingSibling(file, name);
        if (location !== undefined && locations.has(location)) throw wrong(`names the file ${quote(name)} twice`);
        if (location !== undefined) locations.add(location);
        const part = await openPart(location, name);
        if (typeof part !== 'string') sources.push(part);
        parts.push(part);
      }
      const weights = list(group.get('weights'), 'weights');
      checkTensorCount(tensors.length + weights.length);
      addGroup(tensors, weights, parts);
    }
    checkNames(tensors);
    return { format: 'TensorFlow.js', tensors, metadata: metadataOf(model), sources };
  } catch (error) {
    await closeTensorFile({ sources });
    throw error;
  }
}

/** A weight file, or why it is missing: weights in the others stay readable. */
async function openPart(location: string | undefined, name: string): Promise<ByteSource | string> {
  if (location === undefined) return `its file ${quote(name)} is missing`;
  return FileSource.open(location).catch(
    (error: unknown) => `its file ${quote(name)} cannot be read (${reasonOf(error).replace(/\.$/, '')})`,
  );
}

function addGroup(tensors: StoredTensor[], list: readonly StrictJson[], parts: readonly (ByteSource | string)[]): void {
  const weights = list.map(parseWeight);
  const place = new Placement(weights, parts);
  let offset = 0;
  for (const [i, weight] of weights.entries()) {
    const { stored, broken, ...row } = weight;
    // The end of such a weight is only known from its bytes.
    if (stored === undefined) {
      const rest = weights.slice(i).map(unreadable);
      tensors.push(...rest);
      return;
    }
    const { quantized, ...tensor } = row;
    const found = place.of(offset, tensor.bytes);
    const problem = typeof found === 'string' ? found : (broken ?? typeProblem(stored));
    if (typeof found === 'string' || problem !== undefined) tensors.push({ ...tensor, problem });
    else {
      const { source, offset: start } = found;
      tensors.push({ ...tensor, at: { source: () => Promise.resolve(source), offset: start, quantized, stored } });
    }
    offset += tensor.bytes;
  }
  if (weights.length > 0) place.checkEnd(offset);
}

/**
 * Locations of a group's bytes. The size of a missing file is unknown, but weights before it are located from the start of
 * the group, and weights after it from the end.
 */
class Placement {
  private readonly before: JoinedSource;
  private readonly after: JoinedSource;
  /** Why the bytes between are not there; undefined where every file is. */
  private readonly missing: string | undefined;
  /** Of all weights; undefined if one of them is text, whose size is only known from its bytes. */
  private readonly total: number | undefined;

  constructor(weights: readonly Weight[], parts: readonly (ByteSource | string)[]) {
    const isMissing = (part: ByteSource | string) => typeof part === 'string';
    const present = (some: readonly (ByteSource | string)[]) => some.filter((part) => typeof part !== 'string');
    const first = parts.findIndex(isMissing);
    this.missing = parts.find((part) => typeof part === 'string');
    this.before = new JoinedSource(present(first < 0 ? parts : parts.slice(0, first)));
    this.after = new JoinedSource(first < 0 ? [] : present(parts.slice(parts.findLastIndex(isMissing) + 1)));
    const sized = weights.every(({ stored }) => stored !== undefined);
    this.total = sized ? weights.reduce((sum, { bytes }) => sum + bytes, 0) : undefined;
  }

  /** Source of `bytes` bytes from `offset` of the group; or why they are missing. */
  of(offset: number, bytes: number): { readonly source: ByteSource; readonly offset: number } | string {
    if (offset + bytes <= this.before.size) return { source: this.before, offset };
    if (this.missing === undefined) return 'its files end too early: download them again';
    if (this.total === undefined) return this.missing;
    const start = offset - (this.total - this.after.size);
    return start >= 0 && this.total >= this.before.size + this.after.size
      ? { source: this.after, offset: start }
      : this.missing;
  }

  checkEnd(end: number): void {
    if (this.missing !== undefined || end >= this.before.size) return;
    const surplus = this.before.size - end;
    throw wrong(`has files with ${plural(surplus, 'byte')} that ${surplus === 1 ? 'belongs' : 'belong'} to no weight`);
  }
}

interface Weight extends StoredTensor {
  readonly stored: string | undefined;
  /** Why its quantized values cannot be dequantized. */
  readonly broken?: string;
  readonly quantized?: { readonly scale: number; readonly minimum: number };
}

function unreadable({ name, type, shape, elements, bytes }: Weight): StoredTensor {
  const problem = 'it is text, or follows text, whose end is only known after reading all of it';
  return { name, type, shape, elements, bytes, problem };
}

function parseWeight(weight: StrictJson): Weight {
  if (!(weight instanceof Map)) throw wrong('has a weight that is not an object');
  const [name, shape, dtype] = [weight.get('name'), weight.get('shape'), weight.get('dtype')];
  if (typeof name !== 'string' || typeof dtype !== 'string') throw wrong('has a weight without name or type');
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)) {
    throw wrong(`has a weight ${quote(name)} with a shape that is not a list of sizes`);
  }
  const quantization = weight.get('quantization');
  const how = quantization instanceof Map ? quantization : undefined;
  const storedName = how?.get('dtype') ?? dtype;
  const known = typeof storedName === 'string' && Object.hasOwn(TYPES, storedName) ? TYPES[storedName] : undefined;
  if (known === undefined && dtype !== 'string') throw wrong(`has a weight ${quote(name)} of an unknown type`);
  const sizes = shape as number[];
  checkNameAndRank(name, sizes);
  const elements = sizes.reduce((product, size) => product * size, 1);
  const bytes = elements * (known?.bytes ?? 0);
  if (!Number.isSafeInteger(bytes)) throw wrong(`has a weight ${quote(name)} of an impossible shape`);
  const [scale, minimum] = [how?.get('scale'), how?.get('min')];
  const quantized = typeof scale === 'number' && typeof minimum === 'number' ? { scale, minimum } : undefined;
  // JavaScript writes null for numbers that are not finite.
  const scaled = how !== undefined && (storedName === 'uint8' || storedName === 'uint16') && storedName !== dtype;
  const broken = scaled && !quantized ? 'it is quantized, and the model does not say its scale and minimum' : undefined;
  // The row shows the dequantized type, with the stored size.
  const type = (Object.hasOwn(TYPES, dtype) ? TYPES[dtype]?.type : undefined) ?? dtype;
  return { name, type, shape: sizes, elements, bytes, stored: known?.type, quantized, broken };
}

function metadataOf(model: Map<string, StrictJson>): Record<string, string> {
  const keys = ['format', 'generatedBy', 'convertedBy'];
  const found = keys.map((key) => [key, model.get(key)] as const).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(found) as Record<string, string>;
}

function checkNames(tensors: readonly StoredTensor[]): void {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (names.has(name)) throw wrong(`has two weights named ${quote(name)}`);
    names.add(name);
  }
}

function list(value: StrictJson | undefined, what: string): StrictJson[] {
  if (Array.isArray(value)) return value;
  throw wrong(`has no list “${what}”`);
}

function wrong(what: string): FormatError {
  return new FormatError(`This TensorFlow.js model ${what}.`);
}
