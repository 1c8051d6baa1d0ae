import { FormatError } from '../../formats/error';
import { bytesFor, type Cursor, type FileBytes } from './fileBytes';

/** Signature, version, type and checksum of a node. */
const NODE_OVERHEAD = 10;
const DEEPEST = 32;

interface Tree {
  readonly nodeBytes: number;
  readonly recordBytes: number;
  /** Bytes of a child's own number of records. */
  readonly countBytes: number;
  /** By depth: bytes of the number of records below a child. */
  readonly totalBytes: readonly number[];
}

/**
 * All records of a version 2 B-tree in their order. Throws {@link FormatError}, also for more than `limit`.
 *
 * @returns each record's bytes
 */
export async function recordsOf(file: FileBytes, address: number, limit: number): Promise<Cursor[]> {
  const header = await file.structure(address, 'BTHD', 16 + file.offsetSize + 2 + file.lengthSize);
  header.skip(2);
  const nodeBytes = header.u32();
  const recordBytes = header.u16();
  const depth = header.u16();
  header.skip(2);
  const root = header.address();
  const count = header.u16();
  const total = header.length();
  if (total > limit) throw new FormatError(`an index lists ${total} entries; at most ${limit} are read`);
  if (root === undefined || total === 0) return [];
  if (recordBytes === 0 || nodeBytes <= NODE_OVERHEAD || depth > DEEPEST) throw new FormatError('an index is damaged');
  const tree = { nodeBytes, recordBytes, ...childWidths(file, { nodeBytes, recordBytes, depth }) };
  const found: Cursor[] = [];
  await visit(file, tree, { address: root, count, depth }, found, total);
  return found;
}

function childWidths(
  file: FileBytes,
  { nodeBytes, recordBytes, depth }: { nodeBytes: number; recordBytes: number; depth: number },
): Pick<Tree, 'countBytes' | 'totalBytes'> {
  const most = Math.floor((nodeBytes - NODE_OVERHEAD) / recordBytes);
  const countBytes = bytesFor(most);
  const totalBytes = [0];
  let cumulative = most;
  for (let level = 1; level <= depth; level++) {
    const pointer = file.offsetSize + countBytes + totalBytes[level - 1]!;
    const records = Math.floor((nodeBytes - (NODE_OVERHEAD + pointer)) / (recordBytes + pointer));
    cumulative = (records + 1) * cumulative + records;
    totalBytes.push(bytesFor(cumulative));
  }
  return { countBytes, totalBytes };
}

interface Node {
  readonly address: number;
  readonly count: number;
  readonly depth: number;
}

async function visit(
  file: FileBytes,
  tree: Tree,
  { address, count, depth }: Node,
  into: Cursor[],
  total: number,
): Promise<void> {
  const node = await file.structure(address, depth === 0 ? 'BTLF' : 'BTIN', tree.nodeBytes);
  node.skip(2);
  const records = Array.from({ length: count }, () => node.part(tree.recordBytes));
  if (into.length + count > total) throw new FormatError('an index has more entries than it declares');
  if (depth === 0) return void into.push(...records);
  const children = Array.from({ length: count + 1 }, (): Node => {
    const child = node.place();
    const its = node.uint(tree.countBytes);
    node.skip(tree.totalBytes[depth - 1]!);
    return { address: child, count: its, depth: depth - 1 };
  });
  for (const [i, child] of children.entries()) {
    await visit(file, tree, child, into, total);
    if (i < count) into.push(records[i]!);
    if (into.length > total) throw new FormatError('an index has more entries than it declares');
  }
}
