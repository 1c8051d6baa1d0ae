import { FormatError } from '../../formats/error';
import type { Cursor, FileBytes } from './fileBytes';

/** Called for every written element of an array; reads its bytes from the cursor. */
export type ElementListener = (cursor: Cursor, elementBytes: number, index: number) => void;

const MOST_ELEMENTS = 16_000_000;
const CHECKSUM = 4;

/** Elements of a fixed array, the index of a data set that cannot grow. Throws {@link FormatError}. */
export async function readFixedArray(file: FileBytes, address: number, listener: ElementListener): Promise<void> {
  const header = await file.structure(address, 'FAHD', 8 + file.lengthSize + file.offsetSize);
  header.skip(2);
  const elementBytes = header.u8();
  const pageElements = 2 ** header.u8();
  const elements = header.length();
  const block = header.address();
  if (elements > MOST_ELEMENTS) throw new FormatError(`an index of chunks has ${elements} entries`);
  if (block === undefined) return;
  const prefix = 6 + file.offsetSize;
  await file.structure(block, 'FADB', prefix);
  if (elements <= pageElements) {
    const all = await file.cursor(block + prefix, elements * elementBytes);
    for (let i = 0; i < elements; i++) listener(all, elementBytes, i);
    return;
  }
  const pages = Math.ceil(elements / pageElements);
  const written = await file.read(block + prefix, Math.ceil(pages / 8));
  let at = block + prefix + written.length + CHECKSUM;
  for (let page = 0; page < pages; page++) {
    const first = page * pageElements;
    const count = Math.min(pageElements, elements - first);
    if (isSet(written, page)) {
      const its = await file.cursor(at, count * elementBytes);
      for (let i = 0; i < count; i++) listener(its, elementBytes, first + i);
    }
    at += pageElements * elementBytes + CHECKSUM;
  }
}

/** The most significant bit is the first one. */
export function isSet(bits: Uint8Array, index: number): boolean {
  return (((bits[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1;
}
