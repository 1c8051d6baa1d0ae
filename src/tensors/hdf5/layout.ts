import { FormatError } from '../../formats/error';
import { ChunkGrid } from './chunkGrid';
import type { IndexKind, IndexPlace } from './chunkIndex';
import type { FileBytes } from './fileBytes';
import { MESSAGE, type ObjectHeader } from './objectHeader';

/** Where the values of a data set are. */
export type Layout =
  | { readonly kind: 'compact'; readonly bytes: Uint8Array }
  /** Without an address nothing was written. */
  | { readonly kind: 'contiguous'; readonly address: number | undefined }
  | { readonly kind: 'chunked'; readonly index: IndexPlace; readonly chunk: readonly number[] }
  | { readonly kind: 'virtual' };

const COMPACT = 0;
const CONTIGUOUS = 1;
const CHUNKED = 2;
const INDEXES: readonly IndexKind[] = ['single', 'implicit', 'fixed', 'extensible', 'tree2'];

/** Throws {@link FormatError}. */
export async function layoutOf(header: ObjectHeader, file: FileBytes): Promise<Layout> {
  const cursor = await header.find(MESSAGE.layout);
  if (cursor === undefined) throw new FormatError('it does not say where its values are');
  const filtered = header.has(MESSAGE.filters);
  const version = cursor.u8();
  if (version === 1 || version === 2) {
    const rank = cursor.u8();
    const kind = cursor.u8();
    cursor.skip(5);
    const address = kind === COMPACT ? undefined : cursor.address();
    // The extents of the data set itself, which are in another message, too, or those of a chunk and of an element.
    const extents = Array.from({ length: rank }, cursor.u32);
    if (kind === COMPACT) return { kind: 'compact', bytes: cursor.take(cursor.u32()) };
    if (kind === CONTIGUOUS) return { kind: 'contiguous', address };
    if (kind !== CHUNKED) throw new FormatError(`its layout is of the unknown kind ${kind}`);
    return { kind: 'chunked', index: { kind: 'tree', address, filtered }, chunk: extents.slice(0, -1) };
  }
  if (version < 3 || version > 5) throw new FormatError(`its layout has the unknown version ${version}`);
  const kind = cursor.u8();
  if (kind === COMPACT) return { kind: 'compact', bytes: cursor.take(cursor.u16()) };
  if (kind === CONTIGUOUS) return { kind: 'contiguous', address: cursor.address() };
  if (kind === 3) return { kind: 'virtual' };
  if (kind !== CHUNKED) throw new FormatError(`its layout is of the unknown kind ${kind}`);
  if (version === 3) {
    const rank = cursor.u8();
    const address = cursor.address();
    const chunk = Array.from({ length: rank }, cursor.u32).slice(0, -1);
    return { kind: 'chunked', index: { kind: 'tree', address, filtered }, chunk };
  }
  const flags = cursor.u8();
  const rank = cursor.u8();
  const extentBytes = cursor.u8();
  const chunk = Array.from({ length: rank }, () => cursor.uint(extentBytes)).slice(0, -1);
  const number = cursor.u8();
  const index = INDEXES[number - 1];
  if (index === undefined) throw new FormatError(`its chunks have an index of the unknown kind ${number}`);
  const single =
    index === 'single' && flags & 2 ? { bytes: cursor.uint(file.lengthSize), mask: cursor.u32() } : undefined;
  cursor.skip({ single: 0, implicit: 0, fixed: 1, extensible: 5, tree2: 6, tree: 0 }[index]);
  return { kind: 'chunked', index: { kind: index, address: cursor.address(), filtered, single }, chunk };
}

/** Extents of a data set, and those that it may grow to. */
export interface Dataspace {
  readonly shape: readonly number[];
  readonly maximum: readonly (number | undefined)[];
  /** It has no elements at all, which is not the same as a scalar. */
  readonly isNull: boolean;
}

const NULL = 2;

/** Throws {@link FormatError}. */
export async function dataspaceOf(header: ObjectHeader): Promise<Dataspace> {
  const cursor = await header.find(MESSAGE.dataspace);
  if (cursor === undefined) throw new FormatError('it has no shape');
  return parseDataspace(cursor);
}

export function parseDataspace(cursor: NonNullable<Awaited<ReturnType<ObjectHeader['find']>>>): Dataspace {
  const version = cursor.u8();
  if (version !== 1 && version !== 2) throw new FormatError(`its shape has the unknown version ${version}`);
  const rank = cursor.u8();
  const flags = cursor.u8();
  const kind = cursor.u8();
  if (version === 1) cursor.skip(4);
  const shape = Array.from({ length: rank }, cursor.length);
  const maximum = flags & 1 ? Array.from({ length: rank }, () => cursor.extent()) : shape;
  return { shape, maximum, isNull: version === 2 && kind === NULL };
}

/** The fill value of unwritten elements: zeros by default. Throws {@link FormatError}. */
export async function fillValueOf(header: ObjectHeader, elementBytes: number): Promise<Uint8Array> {
  const none = new Uint8Array(elementBytes);
  const message = await header.find(MESSAGE.fillValue);
  if (message === undefined) {
    const old = await header.find(MESSAGE.oldFillValue);
    const bytes = old?.take(old.u32());
    return bytes?.length === elementBytes ? bytes : none;
  }
  const version = message.u8();
  if (version === 3) {
    if ((message.u8() & 0x20) === 0) return none;
  } else {
    message.skip(2);
    if (message.u8() === 0 || message.left < 4) return none;
  }
  const bytes = message.take(Math.min(message.u32(), message.left));
  return bytes.length === elementBytes ? bytes : none;
}

export function gridOf(layout: Layout & { kind: 'chunked' }, space: Dataspace, elementBytes: number): ChunkGrid {
  return new ChunkGrid(space.shape, layout.chunk, space.maximum, elementBytes);
}
