import { FormatError } from '../error';
import { isNpy } from '../npy';
import { MAXIMUM_HEADER_BYTES } from '../safetensors/header';
import { quote } from '../strictJson';
import { ADVICE, type Foreign } from './advice';
import { bySignature, hasBytes } from './signatures';
import { byText, textOf } from './text';

export { byJson } from './json';
export { byMembers } from './members';

/** As many bytes say what a file is. */
export const HEAD_BYTES = 4096;
/** HDF5 and leveldb, which TensorFlow's index of a checkpoint is. */
const HDF5_SIGNATURE = '\x89HDF\r\n\x1a\n';
const LEVELDB_END = '\x57\xfb\x80\x8b\x24\x75\x47\xdb';

export type Recognized =
  | { readonly kind: 'safetensors' | 'npy' | 'zip' | 'hdf5' | 'json' }
  /** It is not read: why, and what to do. */
  | { readonly kind: 'foreign'; readonly sentence: string; readonly surely: boolean };

/**
 * Recognizes a file by its first {@link HEAD_BYTES} and its last eight bytes. Its name counts only
 * for formats without a signature. Where the answer is not `surely`, a format that may begin with anything (HDF5 behind
 * a user block, ZIP behind other bytes) comes first.
 *
 * @param head the first {@link HEAD_BYTES} bytes, or all of a shorter file
 * @param size of the whole file, in bytes
 */
export function recognize(
  head: Uint8Array,
  size: number,
  name: string,
  end: Uint8Array = new Uint8Array(),
): Recognized {
  if (size === 0) return foreign('empty');
  if (hasBytes(head, HDF5_SIGNATURE)) return { kind: 'hdf5' };
  if (isNpy(head)) return { kind: 'npy' };
  // A safetensors header whose length begins like another format's signature is followed by JSON, which these are not.
  if (looksLikeSafetensors(head)) return { kind: 'safetensors' };
  if (hasBytes(head, 'PK\x03\x04') || hasBytes(head, 'PK\x05\x06')) return { kind: 'zip' };
  if (hasBytes(end, LEVELDB_END)) return foreign('tfCheckpoint');
  const binary = bySignature(head);
  if (binary !== undefined) return foreign(binary);
  if (head.every((byte) => byte === 0)) return unsure(ADVICE.zeros);
  const text = textOf(head);
  const kind = text === undefined ? undefined : byText(text);
  if (kind === 'json') return { kind };
  if (kind !== undefined) return foreign(kind);
  return byName(name) ?? unknown(head, text, name);
}

/** Throws the advice for an unsupported file. */
export function refuse(kind: Foreign): never {
  throw new FormatError(ADVICE[kind]);
}

function foreign(kind: Foreign): Recognized {
  return { kind: 'foreign', sentence: ADVICE[kind], surely: true };
}

function unsure(sentence: string): Recognized {
  return { kind: 'foreign', sentence, surely: false };
}

/** A length within the limit or not, and JSON's object behind it: a damaged length is worth its own words. */
function looksLikeSafetensors(head: Uint8Array): boolean {
  if (head.length < 9) return false;
  const view = new DataView(head.buffer, head.byteOffset, 8);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  let at = 8;
  while ([0x20, 0x09, 0x0a, 0x0d].includes(head[at]!)) at++;
  // Text has no zero bytes; a header length over the limit cannot otherwise be distinguished from text.
  return head[at] === 0x7b && (length <= MAXIMUM_HEADER_BYTES || head.subarray(0, 8).includes(0));
}

/** Formats without any mark: protocol buffers of other kinds, raw parts of checkpoints. */
const NAMES: readonly (readonly [RegExp, Foreign])[] = [
  [/\.onnx$/i, 'onnx'],
  [/\.(pb|pbtxt)$/i, 'savedModel'],
  [/\.(mlmodel|mlpackage)$/i, 'coreml'],
  [/\.data-\d+-of-\d+$/i, 'tfCheckpoint'],
  [/tfevents/i, 'events'],
  [/\.(msgpack|flax)$/i, 'msgpack'],
  [/\.(plan|engine|trt)$/i, 'tensorrt'],
];

function byName(name: string): Recognized | undefined {
  const found = NAMES.find(([pattern]) => pattern.test(name));
  return found && unsure(ADVICE[found[1]]);
}

function unknown(head: Uint8Array, text: string | undefined, name: string): Recognized {
  if (text !== undefined && head.length >= 4) {
    const line = text.trim().split(/\r?\n/, 1)[0]!;
    return unsure(
      `This is a text file (it begins with ${quote(line)}) and not a tensor file. ` +
        'If it is the error message of a server, download the file again.',
    );
  }
  // The format's own reader gives the most precise error.
  if (/\.safetensors$/i.test(name) && !overLimit(head)) return { kind: 'safetensors' };
  const bytes = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return unsure(
    `The format of this file was not recognized: it begins with the bytes ${bytes}. Supported are safetensors, NumPy (.npy, .npz), ` +
      'HDF5, Keras and TensorFlow.js. It may be damaged: copy or download it again.',
  );
}

function overLimit(head: Uint8Array): boolean {
  return head.length >= 8 && new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true) > MAXIMUM_HEADER_BYTES;
}
