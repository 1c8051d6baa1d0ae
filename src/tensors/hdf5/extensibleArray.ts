import { FormatError } from '../../formats/error';
import type { FileBytes } from './fileBytes';
import { isSet, type ElementListener } from './fixedArray';

const MOST_ELEMENTS = 16_000_000;
const CHECKSUM = 4;

interface Header {
  readonly elementBytes: number;
  readonly pageElements: number;
  /** Bytes of the offset that blocks begin with. */
  readonly blockOffsetBytes: number;
  readonly elements: number;
  readonly listener: ElementListener;
}

/** Elements of an extensible array, the index of a data set that can grow along one dimension. Throws {@link FormatError}. */
export async function readExtensibleArray(file: FileBytes, address: number, listener: ElementListener): Promise<void> {
  const cursor = await file.structure(address, 'EAHD', 12 + 6 * file.lengthSize + file.offsetSize);
  cursor.skip(2);
  const elementBytes = cursor.u8();
  const maximumBits = cursor.u8();
  const inIndexBlock = cursor.u8();
  const smallestBlock = cursor.u8();
  const smallestPointers = cursor.u8();
  const pageElements = 2 ** cursor.u8();
  cursor.skip(4 * file.lengthSize);
  const elements = cursor.length();
  cursor.skip(file.lengthSize);
  const indexBlock = cursor.address();
  if (elements > MOST_ELEMENTS || smallestBlock === 0 || smallestPointers === 0 || maximumBits > 64) {
    throw new FormatError('an index of chunks is damaged');
  }
  if (indexBlock === undefined) return;
  const header = { elementBytes, pageElements, blockOffsetBytes: Math.ceil(maximumBits / 8), elements, listener };
  const superBlocks = 1 + maximumBits - Math.log2(smallestBlock);
  const inIndex = 2 * Math.log2(smallestPointers);
  const blockPointers = 2 * (smallestPointers - 1);
  const superPointers = Math.max(0, superBlocks - inIndex);
  const bytes = 6 + file.offsetSize + inIndexBlock * elementBytes + (blockPointers + superPointers) * file.offsetSize;
  const index = await file.structure(indexBlock, 'EAIB', bytes);
  index.skip(2 + file.offsetSize);
  for (let i = 0; i < inIndexBlock; i++) listener(index, elementBytes, i);
  let first = inIndexBlock;
  for (let level = 0; level < superBlocks && first < elements; level++) {
    const blocks = 2 ** Math.floor(level / 2);
    const size = 2 ** Math.floor((level + 1) / 2) * smallestBlock;
    if (level < inIndex) {
      for (let i = 0; i < blocks; i++, first += size) {
        const block = index.address();
        if (block !== undefined) await readBlock(file, header, { address: block, size, first, written: undefined });
      }
    } else {
      const superBlock = index.address();
      if (superBlock !== undefined) await readSuperBlock(file, header, { address: superBlock, blocks, size, first });
      first += blocks * size;
    }
  }
}

async function readSuperBlock(
  file: FileBytes,
  header: Header,
  { address, blocks, size, first }: { address: number; blocks: number; size: number; first: number },
): Promise<void> {
  const pages = size > header.pageElements ? size / header.pageElements : 0;
  const bitmapBytes = Math.ceil(pages / 8);
  const prefix = 6 + file.offsetSize + header.blockOffsetBytes;
  const cursor = await file.structure(address, 'EASB', prefix + blocks * (bitmapBytes + file.offsetSize));
  cursor.skip(prefix - 4);
  const bitmaps = Array.from({ length: blocks }, () => cursor.take(bitmapBytes));
  for (let i = 0; i < blocks && first + i * size < header.elements; i++) {
    const block = cursor.address();
    const written = pages > 0 ? bitmaps[i] : undefined;
    if (block !== undefined) await readBlock(file, header, { address: block, size, first: first + i * size, written });
  }
}

async function readBlock(
  file: FileBytes,
  { elementBytes, pageElements, blockOffsetBytes, listener }: Header,
  block: { address: number; size: number; first: number; written: Uint8Array | undefined },
): Promise<void> {
  const { address, size, first, written } = block;
  const prefix = 6 + file.offsetSize + blockOffsetBytes;
  await file.structure(address, 'EADB', prefix);
  if (written === undefined) {
    const its = await file.cursor(address + prefix, size * elementBytes);
    for (let i = 0; i < size; i++) listener(its, elementBytes, first + i);
    return;
  }
  const pageBytes = pageElements * elementBytes + CHECKSUM;
  for (let page = 0; page < size / pageElements; page++) {
    if (!isSet(written, page)) continue;
    const at = address + prefix + CHECKSUM + page * pageBytes;
    const its = await file.cursor(at, pageElements * elementBytes);
    for (let i = 0; i < pageElements; i++) listener(its, elementBytes, first + page * pageElements + i);
  }
}
