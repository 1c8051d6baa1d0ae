import { plural } from '../../common/plural';
import { byteCount, missingData } from '../../common/byteCount';
import { FormatError } from '../error';
import { parseStrictJson, quote, type JsonLimits, type StrictJson } from '../strictJson';
import { isSafetensorsType, tensorBytes } from './dtype';

/** The limit of the reference implementation. */
export const MAXIMUM_HEADER_BYTES = 100_000_000;
/** Before the header: its length. */
export const PREFIX_BYTES = 8;
export const METADATA_KEY = '__metadata__';
/** A tensor has three objects and lists and some ten values: enough for half a million, and little enough for memory. */
const LIMITS: HeaderLimits = { values: 8_000_000, containers: 2_000_000, members: 1_000_000 };
/** Accepted names of unknown types, which look like those of known ones. */
const TYPE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

export type HeaderLimits = Pick<JsonLimits, 'values' | 'containers' | 'members'>;

/** Location of a tensor, in bytes from `dataStart`. */
export interface TensorInfo {
  /** One that is known, or another that is short and printable: the format gets new ones from time to time. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their data in the file. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Start of the data, in bytes from the beginning of the file. */
  readonly dataStart: number;
}

/**
 * Where the data of a file begin, from its first eight bytes: as much must be read to parse the header. Throws
 * {@link FormatError} when the file cannot hold the header that it announces.
 */
export function safetensorsDataStart(bytes: Uint8Array, fileSize: number): number {
  if (bytes.length < PREFIX_BYTES || fileSize < PREFIX_BYTES) {
    throw new FormatError(`A safetensors file needs at least ${PREFIX_BYTES} bytes; this one has ${fileSize}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREFIX_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MAXIMUM_HEADER_BYTES) {
    throw new FormatError(
      `This is not a safetensors file: it declares a header of ${length} bytes; the limit is 100 MB.`,
    );
  }
  if (PREFIX_BYTES + length > fileSize) {
    throw new FormatError(
      `This safetensors file is truncated: its header ends after ${byteCount(PREFIX_BYTES + length)}, and the file after ${byteCount(fileSize)}.`,
    );
  }
  return PREFIX_BYTES + length;
}

/**
 * Parses the header at the beginning of a file of `fileSize` bytes; `bytes` must reach to the header's end at least.
 * Everything is checked that the format demands: sizes that fit shape and type, data without holes, overlaps or surplus. Of
 * a type that is not known the bytes are as many as its offsets say. Throws {@link FormatError}.
 *
 * @param limits how much JSON is parsed
 * @param whileParsing called repeatedly while a long header is parsed; throwing ends that
 */
export function parseSafetensorsHeader(
  bytes: Uint8Array,
  fileSize: number,
  { limits = LIMITS, whileParsing }: { limits?: HeaderLimits; whileParsing?: () => void } = {},
): SafetensorsHeader {
  const dataStart = safetensorsDataStart(bytes, fileSize);
  if (bytes.length < dataStart) throw new FormatError('The header of this safetensors file was only partly read.');
  const root = parseJson(bytes.subarray(PREFIX_BYTES, dataStart), limits, whileParsing);

  let metadata: Record<string, string> = {};
  const found: [string, TensorInfo][] = [];
  for (const [name, value] of root) {
    if (name === METADATA_KEY) metadata = parseMetadata(value);
    else found.push([name, parseTensor(name, value)]);
  }
  found.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkCoverage(found, fileSize - dataStart);
  return { tensors: new Map(found), metadata, dataStart };
}

function parseJson(
  bytes: Uint8Array,
  limits: HeaderLimits,
  whileParsing: (() => void) | undefined,
): Map<string, StrictJson> {
  try {
    const root = parseStrictJson(textOf(bytes), limits, { whileParsing });
    if (!(root instanceof Map)) throw new FormatError('it does not begin with “{”');
    return root;
  } catch (error) {
    if (error instanceof FormatError)
      throw new FormatError(`The header of this safetensors file is damaged: ${error.message}.`);
    throw error;
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    // A byte order mark is not JSON whitespace; the reference implementation refuses it, too.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError('it is not UTF-8');
  }
}

function parseMetadata(value: StrictJson): Record<string, string> {
  // The reference implementation takes null for none.
  if (value === null) return {};
  if (!(value instanceof Map)) throw new FormatError('The metadata of this safetensors file are not a JSON object.');
  const entries = [...value].map(([key, text]): [string, string] => {
    if (typeof text !== 'string')
      throw new FormatError(`The metadata ${quote(key)} of this safetensors file are not text.`);
    return [key, text];
  });
  // Defines each key as its own property, `__proto__` included.
  return Object.fromEntries(entries);
}

function parseTensor(name: string, value: StrictJson): TensorInfo {
  const wrong = (what: string) => new FormatError(`The tensor ${quote(name)} of this safetensors file ${what}.`);
  if (!(value instanceof Map)) throw wrong('is not described by a JSON object');
  const dtype = value.get('dtype');
  const shape = value.get('shape');
  const offsets = value.get('data_offsets');
  if (typeof dtype !== 'string') throw wrong('has no type');
  const known = isSafetensorsType(dtype);
  if (!known && !TYPE_NAME.test(dtype)) throw wrong(`has the impossible type ${quote(dtype)}`);
  if (!isSizes(shape)) throw wrong('has a shape that is not a list of sizes');
  if (!isSizes(offsets) || offsets.length !== 2) throw wrong('has no valid data_offsets');
  const [begin = 0, end = 0] = offsets;
  const bytes = known ? tensorBytes(dtype, shape) : bytesByOffsets(shape, begin, end);
  if (bytes === undefined) throw wrong(`has the impossible shape [${shape.slice(0, 16).join(', ')}]`);
  if (end - begin !== bytes) {
    throw wrong(`takes ${plural(bytes, 'byte')} by its shape and type, but ${end - begin} by its data_offsets`);
  }
  return { dtype, shape, begin, end };
}

/**
 * For a tensor of unknown type: its size according to its offsets; undefined if its elements cannot be counted, or it
 * ends before it begins.
 */
function bytesByOffsets(shape: readonly number[], begin: number, end: number): number | undefined {
  return begin <= end && tensorBytes('U8', shape) !== undefined ? end - begin : undefined;
}

function isSizes(value: StrictJson | undefined): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

/** Tensors in the order of their data must follow each other from the first byte to the last. */
function checkCoverage(tensors: readonly (readonly [string, TensorInfo])[], dataBytes: number): void {
  let end = 0;
  for (const [name, info] of tensors) {
    if (info.begin !== end) {
      const what =
        info.begin < end
          ? 'overlaps the one before it'
          : `leaves a hole of ${plural(info.begin - end, 'byte')} before it`;
      throw new FormatError(`The tensor ${quote(name)} of this safetensors file ${what}.`);
    }
    end = info.end;
  }
  if (end < dataBytes) {
    const surplus = plural(dataBytes - end, 'byte that belongs', 'bytes that belong');
    throw new FormatError(`This safetensors file has ${surplus} to no tensor.`);
  }
  if (end > dataBytes)
    throw new FormatError(
      `This safetensors file is truncated: ${missingData(end - dataBytes)}. Copy or download it again.`,
    );
}
