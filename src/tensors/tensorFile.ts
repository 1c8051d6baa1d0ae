import type { TensorFileSummary, TensorFormat, TensorRow } from '../protocol/tensors';
import { FormatError } from '../formats/error';
import { quote } from '../formats/strictJson';
import type { ByteSource } from './byteSource';
import { encodingOf } from './encoding';

/** Location of a tensor's numbers. */
export interface Location {
  /** Resolves to the bytes, decompressed if necessary. */
  readonly source: () => Promise<ByteSource>;
  readonly offset: number;
  readonly bigEndian?: boolean;
  /** First index fastest. */
  readonly fortran?: boolean;
  /** A quantized value v means v · scale + minimum. */
  readonly quantized?: { readonly scale: number; readonly minimum: number };
  /** Storage type, if different from the row's type (quantized values). */
  readonly stored?: string;
}

export interface StoredTensor extends TensorRow {
  /** Absent where {@link TensorRow.problem} says why. */
  readonly at?: Location;
}

/** A file of tensors of whatever format: its table, and where each one's numbers are. */
export interface TensorFile {
  readonly format: TensorFormat;
  readonly tensors: readonly StoredTensor[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Those that hold the tensors. */
  readonly sources: readonly ByteSource[];
  /** What only names the others. */
  readonly index?: ByteSource;
  /** The extension of its name, if it belongs to another format. */
  readonly misnamed?: string;
}

/** More would take gigabytes of memory to list; the largest models have a hundred thousand. */
const MOST_TENSORS = 500_000;
/** Of characters: of one value, and of all together. */
const LONGEST_METADATA = 1_000_000;
const LONGEST_METADATA_IN_ALL = 4_000_000;
const MOST_METADATA = 1_000;
/** The extension host hands a message on in a few milliseconds then, and a page parses it in as many. */
const CHARACTERS_A_MESSAGE = 512 * 1024;

export function checkTensorCount(count: number): void {
  if (count > MOST_TENSORS) throw new FormatError(`This file lists ${count} tensors; the limit is ${MOST_TENSORS}.`);
}

/** Of dimensions: no array library has more, and lists of them are shown. */
const HIGHEST_RANK = 64;
/** Of characters. Names of a hundred are long already, and a page lays each one out. */
const LONGEST_NAME = 10_000;

/** Throws {@link FormatError} for a name or a shape too long to show. */
export function checkNameAndRank(name: string, shape: readonly number[]): void {
  if (name.length > LONGEST_NAME) {
    const limit = `the limit is ${LONGEST_NAME}`;
    throw new FormatError(`The name of the tensor ${quote(name)} has ${name.length} characters; ${limit}.`);
  }
  if (shape.length <= HIGHEST_RANK) return;
  throw new FormatError(`The tensor ${quote(name)} has ${shape.length} dimensions; the limit is ${HIGHEST_RANK}.`);
}

export async function closeTensorFile({ sources, index }: Pick<TensorFile, 'sources' | 'index'>): Promise<void> {
  await Promise.allSettled([...sources, ...(index === undefined ? [] : [index])].map((source) => source.close()));
}

/** The tensor of a row. Throws {@link FormatError} if there is none, or its values cannot be read. */
export function readable({ tensors }: TensorFile, index: number): StoredTensor & { readonly at: Location } {
  const tensor = tensors[index];
  if (tensor === undefined) throw new FormatError('This tensor no longer exists: the file has changed.');
  const { at } = tensor;
  if (at === undefined) throw new FormatError(`${quote(tensor.name)} cannot be read: ${tensor.problem ?? 'why'}.`);
  return { ...tensor, at };
}

/** Why values of a type are not shown, for use after a colon; undefined if they are. */
export function typeProblem(type: string): string | undefined {
  return encodingOf(type) === undefined ? `values of type ${type} are not decoded` : undefined;
}

export function summarize(file: TensorFile): TensorFileSummary {
  let room = LONGEST_METADATA_IN_ALL;
  const metadata = Object.entries(file.metadata)
    .slice(0, MOST_METADATA)
    .map(([key, text]) => {
      const entry = [shortened(key, 1_000), shortened(text, Math.min(LONGEST_METADATA, room))] as const;
      room = Math.max(0, room - text.length);
      return entry;
    });
  return {
    format: file.format,
    misnamed: file.misnamed,
    size: file.sources.reduce((sum, { size }) => sum + size, file.index?.size ?? 0),
    files: file.sources.length,
    tensors: file.tensors.length,
    parameters: file.tensors.reduce((sum, { elements }) => sum + elements, 0),
    metadata: Object.fromEntries(metadata),
    table: rowsFrom(file, 0),
  };
}

/**
 * Rows of the table from an index, as JSON in UTF-8: as many as fit a message of moderate size, but at least one, and none
 * past the end.
 */
export function rowsFrom({ tensors }: Pick<TensorFile, 'tensors'>, from: number): Uint8Array {
  const parts: string[] = [];
  let length = 0;
  for (let at = from; at < tensors.length && length < CHARACTERS_A_MESSAGE; at++) {
    const { name, type, shape, elements, bytes, problem } = tensors[at]!;
    const part = JSON.stringify({ name, type, shape, elements, bytes, problem } satisfies TensorRow);
    parts.push(part);
    length += part.length;
  }
  return new TextEncoder().encode(`[${parts.join(',')}]`).slice();
}

function shortened(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
