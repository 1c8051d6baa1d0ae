import { FormatError } from '../../formats/error';
import { recordsOf } from './btree2';
import { decodeText, type Cursor, type FileBytes } from './fileBytes';
import { FractalHeap } from './fractalHeap';
import { cursorOver, MESSAGE, type ObjectHeader } from './objectHeader';

export interface Link {
  readonly name: string;
  /** Address of the object's header, if it is in this file. */
  readonly address?: number;
  /** Why the link leads to no object here. */
  readonly problem?: string;
}

const MOST_LINKS = 500_000;
const DEEPEST = 32;
const SOFT = 1;
const EXTERNAL = 64;

export function isGroup(header: ObjectHeader): boolean {
  const types = [MESSAGE.symbolTable, MESSAGE.linkInfo, MESSAGE.link, MESSAGE.groupInfo];
  return types.some((type) => header.has(type));
}

/** The links of a group, by name. Throws {@link FormatError} if they cannot be read. */
export async function linksOf(file: FileBytes, header: ObjectHeader): Promise<Link[]> {
  // The indexes of the newer groups are in the order of a hash.
  return (await storedLinks(file, header)).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function storedLinks(file: FileBytes, header: ObjectHeader): Promise<Link[]> {
  const table = await header.find(MESSAGE.symbolTable);
  if (table !== undefined) return symbolTable(file, table.place(), table.place());
  const links = header.all(MESSAGE.link).map(({ data }) => linkOf(cursorOver(file, data)));
  const info = await header.find(MESSAGE.linkInfo);
  if (info === undefined) return links;
  info.skip(1);
  if (info.u8() & 1) info.skip(8);
  const heapAt = info.address();
  const indexAt = info.address();
  if (heapAt === undefined || indexAt === undefined) return links;
  const heap = await FractalHeap.open(file, heapAt);
  for (const record of await recordsOf(file, indexAt, MOST_LINKS)) {
    // A hash of the name comes first.
    record.skip(4);
    links.push(linkOf(await heap.object(record)));
  }
  return links;
}

function linkOf(cursor: Cursor): Link {
  if (cursor.u8() !== 1) throw new FormatError('a link has an unknown version');
  const flags = cursor.u8();
  const kind = flags & 8 ? cursor.u8() : 0;
  if (flags & 4) cursor.skip(8);
  if (flags & 16) cursor.skip(1);
  const name = decodeText(cursor.take(cursor.uint(1 << (flags & 3))));
  if (kind === 0) {
    const address = cursor.address();
    return address === undefined ? { name, problem: 'its target does not exist' } : { name, address };
  }
  const value = cursor.part(cursor.u16());
  if (kind === SOFT) return { name, problem: softly(value.bytes) };
  if (kind !== EXTERNAL) return { name, problem: `it is a link of the unknown kind ${kind}` };
  value.skip(1);
  const other = decodeText(value.text());
  return {
    name,
    problem: `it is a link to “${decodeText(value.text())}” in the file “${other}”, which is not followed`,
  };
}

function softly(target: Uint8Array): string {
  return `it is a link to “${decodeText(target)}”`;
}

/** The older way: names in a heap of their own and a B-tree of nodes that hold the entries. */
async function symbolTable(file: FileBytes, tree: number, heapAt: number): Promise<Link[]> {
  const heap = await file.structure(heapAt, 'HEAP', 8 + 2 * file.lengthSize + file.offsetSize);
  heap.skip(4);
  const heapBytes = heap.length();
  heap.skip(file.lengthSize);
  const names = await file.read(heap.place(), heapBytes);
  const text = (offset: number) => {
    if (offset >= names.length) throw new FormatError('a name is beyond the end of its heap');
    return cursorOver(file, names.subarray(offset)).text();
  };
  const links: Link[] = [];
  for (const node of await leavesOf(file, tree)) {
    const head = await file.structure(node, 'SNOD', 8);
    head.skip(2);
    const count = head.u16();
    const entryBytes = 2 * file.offsetSize + 24;
    const entries = await file.cursor(node + 8, count * entryBytes);
    for (let i = 0; i < count; i++) {
      const name = decodeText(text(entries.uint(file.offsetSize)));
      const address = entries.address();
      const kind = entries.u32();
      entries.skip(4);
      const scratch = entries.part(16);
      if (kind === 2) links.push({ name, problem: softly(text(scratch.u32())) });
      else links.push(address === undefined ? { name, problem: 'its target does not exist' } : { name, address });
    }
    if (links.length > MOST_LINKS) throw new FormatError(`a group holds more than ${MOST_LINKS} links`);
  }
  return links;
}

/** Children of the lowest nodes of a version 1 B-tree of a group. */
async function leavesOf(file: FileBytes, root: number): Promise<number[]> {
  const leaves: number[] = [];
  const seen = new Set<number>();
  const visit = async (address: number, depth: number): Promise<void> => {
    if (seen.has(address) || depth > DEEPEST) throw new FormatError('an index never ends');
    seen.add(address);
    const prefix = 8 + 2 * file.offsetSize;
    const head = await file.structure(address, 'TREE', prefix);
    if (head.u8() !== 0) throw new FormatError('an index of a group has the wrong type');
    const level = head.u8();
    const count = head.u16();
    const body = await file.cursor(address + prefix, count * (file.lengthSize + file.offsetSize));
    for (let i = 0; i < count; i++) {
      body.skip(file.lengthSize);
      if (level === 0) leaves.push(body.place());
      else await visit(body.place(), depth + 1);
    }
    if (leaves.length > MOST_LINKS) throw new FormatError(`a group holds more than ${MOST_LINKS} nodes`);
  };
  await visit(root, 0);
  return leaves;
}
