import { FormatError } from '../../formats/error';
import { recordsOf } from './btree2';
import { bytesFor, type Cursor, type FileBytes } from './fileBytes';

const MOST_HUGE = 100_000;
const DEEPEST = 64;

interface Header {
  readonly idBytes: number;
  readonly hugeTree: number | undefined;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly width: number;
  readonly firstBytes: number;
  readonly largestDirect: number;
  readonly root: number | undefined;
  /** 0 where the root is a direct block. */
  readonly rootRows: number;
  readonly filtered: boolean;
}

/** The heap that groups with many links and objects with many attributes keep them in. */
export class FractalHeap {
  private huge: Map<number, { address: number; length: number }> | undefined;

  private constructor(
    private readonly file: FileBytes,
    private readonly header: Header,
  ) {}

  /** Throws {@link FormatError}. */
  static async open(file: FileBytes, address: number): Promise<FractalHeap> {
    const { offsetSize, lengthSize } = file;
    const cursor = await file.structure(address, 'FRHP', 22 + 12 * lengthSize + 3 * offsetSize);
    if (cursor.u8() !== 0) throw new FormatError('a heap has an unknown version');
    const idBytes = cursor.u16();
    const filtered = cursor.u16() > 0;
    cursor.skip(1);
    const largestManaged = cursor.u32();
    cursor.skip(lengthSize);
    const hugeTree = cursor.address();
    cursor.skip(lengthSize + offsetSize + 8 * lengthSize);
    const width = cursor.u16();
    const firstBytes = cursor.length();
    const largestDirect = cursor.length();
    const heapBits = cursor.u16();
    cursor.skip(2);
    const root = cursor.address();
    const rootRows = cursor.u16();
    if (width === 0 || firstBytes === 0 || largestDirect < firstBytes || heapBits > 64) {
      throw new FormatError('a heap is damaged');
    }
    const offsetBytes = Math.ceil(heapBits / 8);
    const lengthBytes = Math.min(Math.ceil(Math.log2(largestDirect) / 8), bytesFor(largestManaged));
    const header = { idBytes, hugeTree, offsetBytes, lengthBytes, width, firstBytes, largestDirect, root, rootRows };
    return new FractalHeap(file, { ...header, filtered });
  }

  /** An object by its ID. Throws {@link FormatError}. */
  async object(id: Cursor): Promise<Cursor> {
    const { header, file } = this;
    if (header.filtered) throw new FormatError('its heap is compressed, which is not supported');
    const first = id.u8();
    const kind = (first >> 4) & 3;
    if (kind === 0) {
      const offset = id.uint(header.offsetBytes);
      const length = id.uint(header.lengthBytes);
      return file.cursor(await this.managed(offset, length), length);
    }
    if (kind === 2) {
      const length = header.idBytes <= 17 ? (first & 15) + 1 : ((first & 15) << 8) + id.u8() + 1;
      return id.part(length);
    }
    if (kind !== 1) throw new FormatError('a heap holds an object of an unknown kind');
    if (header.idBytes - 1 >= file.offsetSize + file.lengthSize) return file.cursor(id.place(), id.length());
    const number = id.uint(Math.min(header.idBytes - 1, 8));
    const place = (await this.hugeObjects()).get(number);
    if (place === undefined) throw new FormatError('an object is missing from its heap');
    return file.cursor(place.address, place.length);
  }

  private async hugeObjects(): Promise<Map<number, { address: number; length: number }>> {
    if (this.huge !== undefined) return this.huge;
    this.huge = new Map();
    const { hugeTree } = this.header;
    for (const record of hugeTree === undefined ? [] : await recordsOf(this.file, hugeTree, MOST_HUGE)) {
      const [address, length] = [record.place(), record.length()];
      this.huge.set(record.length(), { address, length });
    }
    return this.huge;
  }

  /** The file address of an offset in the heap's address space. */
  private async managed(offset: number, length: number): Promise<number> {
    const { root, rootRows, firstBytes } = this.header;
    if (root === undefined) throw new FormatError('a heap is empty');
    let block = { address: root, rows: rootRows, start: 0, bytes: firstBytes };
    for (let depth = 0; depth < DEEPEST; depth++) {
      if (block.rows === 0) {
        const within = offset - block.start;
        if (within + length > block.bytes) throw new FormatError('an object reaches beyond its heap');
        return block.address + within;
      }
      block = await this.child(block, offset);
    }
    throw new FormatError('a heap never ends');
  }

  private async child(
    { address, rows, start }: { address: number; rows: number; start: number },
    offset: number,
  ): Promise<{ address: number; rows: number; start: number; bytes: number }> {
    const { file, header } = this;
    const { width, firstBytes, largestDirect } = header;
    const prefix = 5 + file.offsetSize + header.offsetBytes;
    let rowStart = start;
    for (let row = 0; row < rows; row++) {
      // The first two rows have blocks of the same size, and each one after them of twice the size.
      const bytes = firstBytes * 2 ** Math.max(0, row - 1);
      if (offset < rowStart + bytes * width) {
        const column = Math.floor((offset - rowStart) / bytes);
        const entry = await file.cursor(address + prefix + (row * width + column) * file.offsetSize, file.offsetSize);
        await file.structure(address, 'FHIB', 4);
        const its = bytes <= largestDirect ? 0 : Math.log2(bytes) - Math.log2(firstBytes * width) + 1;
        return { address: entry.place(), rows: its, start: rowStart + column * bytes, bytes };
      }
      rowStart += bytes * width;
    }
    throw new FormatError('a heap does not reach as far as its objects');
  }
}
