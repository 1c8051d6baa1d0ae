import { FormatError } from '../../formats/error';
import { recordsOf } from './btree2';
import type { ChunkGrid } from './chunkGrid';
import { type Chunk } from './chunkGrid';
import { readExtensibleArray } from './extensibleArray';
import type { Cursor, FileBytes } from './fileBytes';
import { readFixedArray } from './fixedArray';

export type IndexKind = 'tree' | 'single' | 'implicit' | 'fixed' | 'extensible' | 'tree2';

export interface IndexPlace {
  readonly kind: IndexKind;
  /** Undefined while no chunk was written. */
  readonly address: number | undefined;
  /** Whether chunks go through filters, so that their sizes differ. */
  readonly filtered: boolean;
  /** Stored size and filter mask of a data set's only chunk, if it is filtered. */
  readonly single?: { readonly bytes: number; readonly mask: number };
}

/** Each takes a hundred bytes of memory. */
export const MOST_CHUNKS = 4_000_000;
const DEEPEST = 32;

/** Where the chunks of a data set are, by their keys in the grid. Throws {@link FormatError}. */
export async function readChunkIndex(
  file: FileBytes,
  { kind, address, filtered, single }: IndexPlace,
  grid: ChunkGrid,
): Promise<Map<number, Chunk>> {
  const chunks = new Map<number, Chunk>();
  if (address === undefined) return chunks;
  const put = (key: number | undefined, chunk: Chunk) => {
    if (key !== undefined) chunks.set(key, chunk);
    if (chunks.size > MOST_CHUNKS) throw new FormatError(`It has more than ${MOST_CHUNKS} chunks.`);
  };
  const bytes = grid.chunkBytes;
  /** An array's element: the address of a chunk, and its stored size if it is filtered. */
  const element = (cursor: Cursor, elementBytes: number): Chunk | undefined => {
    const part = cursor.part(elementBytes);
    const at = part.address();
    if (at === undefined) return undefined;
    if (!filtered) return { address: at, bytes, mask: 0 };
    return { address: at, bytes: part.uint(elementBytes - file.offsetSize - 4), mask: part.u32() };
  };
  if (kind === 'tree') await readTree(file, address, grid, put);
  else if (kind === 'single') put(0, { address, bytes: single?.bytes ?? bytes, mask: single?.mask ?? 0 });
  else if (kind === 'implicit') {
    const keyOf = grid.arrayOrder(false);
    const room = grid.maximum.reduce<number>((n, most, i) => n * Math.ceil((most ?? 0) / grid.chunk[i]!), 1);
    if (room > MOST_CHUNKS) throw new FormatError(`It has more than ${MOST_CHUNKS} chunks.`);
    for (let i = 0; i < room; i++) put(keyOf(i), { address: address + i * bytes, bytes, mask: 0 });
  } else if (kind === 'tree2') await readTree2(file, address, { grid, filtered, bytes }, put);
  else {
    const keyOf = grid.arrayOrder(kind === 'extensible');
    const read = kind === 'fixed' ? readFixedArray : readExtensibleArray;
    await read(file, address, (cursor, elementBytes, index) => {
      const chunk = element(cursor, elementBytes);
      if (chunk !== undefined) put(keyOf(index), chunk);
    });
  }
  return chunks;
}

type Put = (key: number | undefined, chunk: Chunk) => void;

async function readTree(file: FileBytes, root: number, grid: ChunkGrid, put: Put): Promise<void> {
  const rank = grid.shape.length;
  const seen = new Set<number>();
  const visit = async (address: number, depth: number): Promise<void> => {
    if (seen.has(address) || depth > DEEPEST) throw new FormatError('An index of chunks never ends.');
    seen.add(address);
    const prefix = 8 + 2 * file.offsetSize;
    const head = await file.structure(address, 'TREE', prefix);
    if (head.u8() !== 1) throw new FormatError('An index of chunks has the wrong type.');
    const level = head.u8();
    const count = head.u16();
    const body = await file.cursor(address + prefix, count * (8 + 8 * (rank + 1) + file.offsetSize));
    for (let i = 0; i < count; i++) {
      const [bytes, mask] = [body.u32(), body.u32()];
      const place = grid.chunk.map((extent) => body.uint(8) / extent);
      body.skip(8);
      const child = body.place();
      if (level > 0) await visit(child, depth + 1);
      else put(grid.key(place.map(Math.floor)), { address: child, bytes, mask });
    }
  };
  await visit(root, 0);
}

async function readTree2(
  file: FileBytes,
  address: number,
  { grid, filtered, bytes }: { grid: ChunkGrid; filtered: boolean; bytes: number },
  put: Put,
): Promise<void> {
  const rank = grid.shape.length;
  for (const record of await recordsOf(file, address, MOST_CHUNKS)) {
    const sizeBytes = record.left - file.offsetSize - 4 - 8 * rank;
    const at = record.place();
    const chunk = filtered ? { address: at, bytes: record.uint(sizeBytes), mask: record.u32() } : undefined;
    const place = grid.shape.map(() => record.uint(8));
    put(grid.key(place), chunk ?? { address: at, bytes, mask: 0 });
  }
}
