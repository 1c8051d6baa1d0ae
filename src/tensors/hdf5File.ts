import { Dataset, File, Group } from 'jsfive';
import { FormatError } from '../formats/error';
import { quote } from '../formats/strictJson';
import type { ByteSource } from './byteSource';
import { readWatched, type Opening } from './opening';
import {
  checkNameAndRank,
  checkTensorCount,
  typeProblem,
  type Location,
  type StoredTensor,
  type TensorFile,
} from './tensorFile';

/** What describes an HDF5 file lies anywhere in it, so it is read whole to be opened; values are read by their place. */
const LARGEST_FILE = 512 * 1024 * 1024;
/** Keras nests six groups deep. A group may also hold itself. */
const DEEPEST = 32;
const MOST_OBJECTS = 100_000;
/** Of the root's attributes, which Keras keeps its model's description in. */
const MOST_ATTRIBUTES = 100;

/** Numbers of the format (HDF5 File Format Specification 3.0, IV.A.2): the message that says where a data set's values are. */
const LAYOUT_MESSAGE = 0x08;
/** And what its type is: of a float the size of the exponent stands at this place. */
const TYPE_MESSAGE = 0x03;
const EXPONENT_SIZE = 13;
const UNDEFINED = 0xffff_ffff_ffff_ffffn;

const TYPES: Readonly<Record<string, string>> = {
  ...{ f8: 'F64', f4: 'F32', f2: 'F16', i8: 'I64', i4: 'I32', i2: 'I16', i1: 'I8' },
  ...{ u8: 'U64', u4: 'U32', u2: 'U16', u1: 'U8' },
};

/** Opens an HDF5 file, such as Keras's weights. Throws {@link FormatError}. Links to other files are not followed. */
export async function openHdf5(source: ByteSource, opening: Opening): Promise<TensorFile> {
  if (source.size > LARGEST_FILE) {
    const limit = `${LARGEST_FILE / 2 ** 20} MB`;
    throw new FormatError(
      `This HDF5 file has ${Math.ceil(source.size / 2 ** 20)} MB and would have to be read whole: ${limit} are the limit. ` +
        'Save the weights as safetensors or .npz.',
    );
  }
  const bytes = await readWatched(source, 0, source.size, opening, 'the file');
  opening.tell('Looking for its data sets');
  const root = understood(() => new File(bytes.buffer as ArrayBuffer, ''));
  const tensors: StoredTensor[] = [];
  let objects = 0;
  const visit = (group: Group, path: string, above: readonly number[]) => {
    for (const key of understood(() => group.keys)) {
      opening.throwIfAborted();
      if (++objects > MOST_OBJECTS) throw new FormatError(`This HDF5 file holds more than ${MOST_OBJECTS} objects.`);
      const name = `${path}${key}`;
      const found = attempt(() => group.get(key));
      if (found === null) continue;
      if (found instanceof Dataset) tensors.push(tensorOf(name, found, bytes, source));
      else if (found instanceof Group) {
        const { offset } = found._dataobjects;
        // A group that is in itself, by way of others or not, has been gone through.
        if (above.includes(offset) || above.length >= DEEPEST) continue;
        visit(found, `${name}/`, [...above, offset]);
      } else tensors.push({ name, type: '?', shape: [], elements: 0, bytes: 0, problem: found.problem });
    }
  };
  visit(root, '', [root._dataobjects.offset]);
  checkTensorCount(tensors.length);
  return { format: 'HDF5', tensors, metadata: metadataOf(root), sources: [source] };
}

function tensorOf(name: string, dataset: Dataset, file: Uint8Array, source: ByteSource): StoredTensor {
  const known = attempt(() => ({ shape: dataset.shape, dtype: dataset.dtype }));
  if (known === null || 'problem' in known) {
    const problem = known?.problem ?? 'it has no shape';
    return { name, type: '?', shape: [], elements: 0, bytes: 0, problem };
  }
  const { shape, dtype } = known;
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new FormatError(`The data set ${quote(name)} of this HDF5 file has a shape that is no list of sizes.`);
  }
  checkNameAndRank(name, shape);
  const elements = shape.reduce((product, size) => product * size, 1);
  const parts = typeof dtype === 'string' ? /^([<>|]?)([a-zA-Z])(\d{1,9})$/.exec(dtype) : null;
  const [, order, letter, size] = parts ?? [];
  const kind = `${letter}${size}`;
  const type = letter === undefined ? 'other' : isBfloat16(kind, dataset, file) ? 'BF16' : (TYPES[kind] ?? kind);
  const bytes = elements * Number(size ?? 0);
  if (!Number.isSafeInteger(elements) || !Number.isSafeInteger(bytes)) {
    throw new FormatError(`The data set ${quote(name)} of this HDF5 file has an impossible shape.`);
  }
  const row = { name, type, shape, elements, bytes };
  const problem = typeProblem(type);
  if (problem !== undefined) return { ...row, problem };
  const place = attempt(() => placeOf(dataset, file, bytes));
  if (place === null || typeof place !== 'number') return { ...row, problem: place?.problem ?? 'it has no values' };
  const at: Location = { source: () => Promise.resolve(source), offset: place, bigEndian: order === '>' };
  return { ...row, at };
}

/** Two bytes may be either kind of float; the reader calls both by their size. */
function isBfloat16(kind: string, dataset: Dataset, file: Uint8Array): boolean {
  if (kind !== 'f2') return false;
  const message = dataset._dataobjects.find_msg_type(TYPE_MESSAGE)[0]?.get('offset_to_message');
  return message !== undefined && file[message + EXPONENT_SIZE] === 8;
}

/** Where the values of a data set begin, from the message that says how they are laid out. */
function placeOf(dataset: Dataset, file: Uint8Array, bytes: number): number | { readonly problem: string } {
  const message = dataset._dataobjects.find_msg_type(LAYOUT_MESSAGE)[0]?.get('offset_to_message');
  if (message === undefined) return { problem: 'it does not say where its values are' };
  if (bytes === 0) return 0;
  const view = new DataView(file.buffer);
  const version = view.getUint8(message);
  const early = version === 1 || version === 2;
  if (!early && version !== 3 && version !== 4) return { problem: `its layout is of the unknown version ${version}` };
  const kind = view.getUint8(message + (early ? 2 : 1));
  if (kind === 2) return { problem: 'its values lie in chunks, which are not read' };
  if (kind === 0 && !early) return inside(message + 4, bytes, file);
  if (kind !== 1) return { problem: 'its values are not in one piece, and are not read' };
  const address = view.getBigUint64(message + (early ? 8 : 2), true);
  // Also of one whose values are in another file.
  if (address === UNDEFINED) return { problem: 'no values were written into this file' };
  return inside(Number(address), bytes, file);
}

function inside(offset: number, bytes: number, file: Uint8Array): number | { readonly problem: string } {
  return offset + bytes <= file.length ? offset : { problem: 'its values reach beyond the end of the file' };
}

/** Text that the file says of itself. */
function metadataOf(root: Group): Record<string, string> {
  const found = attempt(() => Object.entries(root.attrs).slice(0, MOST_ATTRIBUTES));
  if (!Array.isArray(found)) return {};
  const texts = found.map(([key, value]): [string, unknown] => [key, Array.isArray(value) ? value[0] : value]);
  return Object.fromEntries(texts.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The reader throws strings and errors of all kinds for what it does not know: a reason then, for the row. */
function attempt<T>(read: () => T): T | { readonly problem: string } {
  try {
    return read();
  } catch (error) {
    return { problem: `it cannot be read (${reasonOf(error)})` };
  }
}

/** The same where nothing can be shown without it. */
function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new FormatError(`This HDF5 file is damaged, or of a kind that is not read: ${reasonOf(error)}.`);
  }
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : typeof error === 'string' ? error : 'no reason was given';
  // What its assertions say.
  if (text === 'thing is not a function')
    return 'it holds something that is not known here, such as a link to another file';
  return text.slice(0, 200).replace(/\.$/, '');
}
