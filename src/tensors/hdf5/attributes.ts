import { FormatError } from '../../formats/error';
import { encodingOf, swapBytes } from '../encoding';
import { recordsOf } from './btree2';
import { embeddedDatatype, type Datatype } from './datatype';
import { decodeText, type Cursor, type FileBytes } from './fileBytes';
import { FractalHeap } from './fractalHeap';
import { parseDataspace } from './layout';
import { numericOf } from './numbers';
import { cursorOver, MESSAGE, type ObjectHeader } from './objectHeader';

/** Maximum number of attributes per object; the table shows as many. */
const MOST_ATTRIBUTES = 1_000;
/** Maximum number of elements shown of an array. */
const MOST_VALUES = 100;
const LONGEST_TEXT = 16 * 1024 * 1024;

/** Attributes as text; those that are neither text nor numbers, or are damaged, are left out. */
export async function attributesOf(header: ObjectHeader, file: FileBytes): Promise<Record<string, string>> {
  const messages = header.all(MESSAGE.attribute).map(({ data }) => cursorOver(file, data));
  await attempt(async () => void messages.push(...(await denseAttributes(header, file))));
  const found: [string, string][] = [];
  for (const message of messages.slice(0, MOST_ATTRIBUTES)) {
    await attempt(async () => {
      const entry = await attributeOf(message, file);
      if (entry !== undefined) found.push(entry);
    });
  }
  return Object.fromEntries(found);
}

async function attempt(read: () => Promise<void>): Promise<void> {
  await read().catch((error: unknown) => {
    if (!(error instanceof FormatError)) throw error;
  });
}

async function denseAttributes(header: ObjectHeader, file: FileBytes): Promise<Cursor[]> {
  const info = await header.find(MESSAGE.attributeInfo);
  if (info === undefined) return [];
  info.skip(1);
  if (info.u8() & 1) info.skip(2);
  const heapAt = info.address();
  const indexAt = info.address();
  if (heapAt === undefined || indexAt === undefined) return [];
  const heap = await FractalHeap.open(file, heapAt);
  const messages: Cursor[] = [];
  for (const record of (await recordsOf(file, indexAt, 1_000_000)).slice(0, MOST_ATTRIBUTES)) {
    const id = record.part(8);
    // One that is shared is in yet another heap.
    if ((record.u8() & 2) === 0) messages.push(await heap.object(id));
  }
  return messages;
}

async function attributeOf(cursor: Cursor, file: FileBytes): Promise<[name: string, text: string] | undefined> {
  const version = cursor.u8();
  const flags = cursor.u8();
  const sizes = [cursor.u16(), cursor.u16(), cursor.u16()] as const;
  if (version === 3) cursor.skip(1);
  if (version < 1 || version > 3) throw new FormatError('an attribute has an unknown version');
  const padded = (length: number) => (version === 1 ? Math.ceil(length / 8) * 8 : length);
  const [name, typeBytes, spaceBytes] = sizes.map((length) => cursor.part(padded(length))) as [Cursor, Cursor, Cursor];
  const type = await embeddedDatatype(file, typeBytes, version > 1 && (flags & 1) !== 0);
  if (version > 1 && (flags & 2) !== 0) throw new FormatError('a shared shape is not supported');
  const space = parseDataspace(spaceBytes);
  const elements = space.isNull ? 0 : space.shape.reduce((product, extent) => product * extent, 1);
  const texts = await textsOf(cursor, type, Math.min(elements, MOST_VALUES), file);
  if (texts === undefined) return undefined;
  const more = elements > texts.length ? ', …' : '';
  return [decodeText(name.text()), `${texts.join(', ')}${more}`];
}

async function textsOf(
  cursor: Cursor,
  type: Datatype,
  elements: number,
  file: FileBytes,
): Promise<readonly string[] | undefined> {
  const numeric = numericOf(type);
  if (numeric !== undefined) {
    const raw = Uint8Array.from(cursor.take(elements * type.size));
    return numbers(numeric, raw, elements);
  }
  const texts: string[] = [];
  for (let i = 0; i < elements; i++) {
    if (type.kind === 'string') texts.push(decodeText(cursor.part(type.size).text()).trimEnd());
    else if (type.kind === 'vlen' && type.string) texts.push(await variableText(cursor, file));
    else return undefined;
  }
  return texts;
}

function numbers(numeric: NonNullable<ReturnType<typeof numericOf>>, raw: Uint8Array, elements: number): string[] {
  const encoding = encodingOf(numeric.stored);
  if (encoding === undefined) return [];
  const bytes = numeric.convert?.(raw, elements) ?? raw;
  if (numeric.bigEndian) swapBytes(bytes, encoding.bytes);
  const count = elements * encoding.numbers;
  const values =
    encoding.exact?.(bytes.buffer as ArrayBuffer, count) ?? encoding.decode(bytes.buffer as ArrayBuffer, count);
  return Array.from(values, String);
}

/** Text of any length, which is in a heap of the file's. */
async function variableText(cursor: Cursor, file: FileBytes): Promise<string> {
  const length = cursor.u32();
  const address = cursor.address();
  const index = cursor.u32();
  if (length === 0 || address === undefined || address === 0) return '';
  const head = await file.structure(address, 'GCOL', 8 + file.lengthSize);
  head.skip(4);
  const heap = await file.cursor(address, Math.min(head.length(), LONGEST_TEXT));
  heap.skip(8 + file.lengthSize);
  while (heap.left >= 8 + file.lengthSize) {
    const its = heap.u16();
    heap.skip(6);
    const bytes = heap.length();
    // The free space at the end.
    if (its === 0) break;
    const object = heap.take(Math.min(bytes, heap.left));
    if (its === index) return decodeText(object.subarray(0, length)).replace(/\0+$/, '');
    heap.skip(Math.min(heap.left, (8 - (bytes % 8)) % 8));
  }
  throw new FormatError('a text is missing from its heap');
}
