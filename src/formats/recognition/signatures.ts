import type { Foreign } from './advice';

/** Bytes at a place that no other kind of file has there. */
interface Signature {
  readonly kind: Foreign;
  readonly bytes: readonly number[];
  readonly at: number;
}

const bytesOf = (text: string) => [...text].map((character) => character.charCodeAt(0));
const signature = (kind: Foreign, text: string, at = 0): Signature => ({ kind, bytes: bytesOf(text), at });

/** The more specific ones first. */
const SIGNATURES: readonly Signature[] = [
  // Pickle's protocol 2 and the long integer that torch.save begins with.
  signature('torchLegacy', '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e'),
  signature('gguf', 'GGUF'),
  signature('gguf', 'FUGG'),
  ...['lmgg', 'fmgg', 'tjgg', 'algg'].map((magic) => signature('ggml', magic)),
  signature('tflite', 'TFL3', 4),
  signature('executorch', 'ET12', 4),
  signature('tensorrt', 'ftrt'),
  signature('tensorrt', 'ptrt'),
  signature('parquet', 'PAR1'),
  signature('arrow', 'ARROW1'),
  signature('arrow', 'FEA1'),
  signature('matlab', 'MATLAB 5.0 MAT-file'),
  signature('hdf4', '\x0e\x03\x13\x01'),
  signature('sqlite', 'SQLite format 3\0'),
  signature('pdf', '%PDF-'),
  signature('image', '\x89PNG\r\n\x1a\n'),
  signature('image', '\xff\xd8\xff'),
  signature('image', 'GIF8'),
  signature('image', 'WEBP', 8),
  signature('image', 'II*\0'),
  signature('image', 'MM\0*'),
  signature('program', '\x7fELF'),
  signature('program', '\xcf\xfa\xed\xfe'),
  signature('gzip', '\x1f\x8b\x08'),
  signature('zstd', '\x28\xb5\x2f\xfd'),
  signature('bzip2', 'BZh'),
  signature('xz', '\xfd7zXZ\0'),
  signature('lz4', '\x04\x22\x4d\x18'),
  signature('sevenZip', '7z\xbc\xaf\x27\x1c'),
  signature('rar', 'Rar!\x1a\x07'),
];

/** What PyTorch's archives of before 2017 begin with, by the name of their first member. */
const TORCH_TAR = ['sys_info', 'pickle', 'storages', 'tensors'];
const ASCII = /^[\x20-\x7e]+$/;

export function hasBytes(bytes: Uint8Array, text: string, at = 0): boolean {
  return bytes.length >= at + text.length && bytesOf(text).every((byte, i) => bytes[at + i] === byte);
}

/** Recognizes unsupported binary formats by their first bytes. */
export function bySignature(head: Uint8Array): Foreign | undefined {
  const found = SIGNATURES.find(({ bytes, at }) => bytes.every((byte, i) => head[at + i] === byte));
  if (found !== undefined) return found.kind;
  if (hasBytes(head, 'ustar', 257)) return TORCH_TAR.includes(textAt(head, 0, 8)) ? 'torchTar' : 'tar';
  if (isPickle(head)) return 'pickle';
  if (head[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(head[1]!)) return 'zlib';
  return byFields(head);
}

/** PROTO, the protocol, and an opcode that a pickle can begin with. */
function isPickle(head: Uint8Array): boolean {
  const [proto, protocol, opcode = 0] = head;
  if (proto !== 0x80 || protocol === undefined || protocol < 2 || protocol > 5) return false;
  return protocol >= 4 && opcode === 0x95
    ? true
    : '}](cXUKMJNG)\x8a\x8c\x88\x89.'.includes(String.fromCharCode(opcode));
}

/** Formats without a signature, by the fields that they begin with. */
function byFields(head: Uint8Array): Foreign | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = head;
  // protobuf: ir_version of an ONNX model, then producer_name; saved_model_schema_version of 1, then a graph.
  const name = textAt(head, 4, fourth);
  if (first === 0x08 && second >= 2 && second < 0x20 && third === 0x12 && name.length === fourth && ASCII.test(name)) {
    return 'onnx';
  }
  if (first === 0x08 && second === 0x01 && third === 0x12) return 'savedModel';
  // MessagePack: a map whose first key is a short string.
  const key = textAt(head, 2, second & 0x1f);
  const isMap = first > 0x80 && first < 0x90 && second > 0xa0 && second < 0xc0;
  return isMap && key.length === (second & 0x1f) && ASCII.test(key) ? 'msgpack' : undefined;
}

/** At most `length` characters, up to a zero. */
function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length)).split('\0')[0]!;
}
