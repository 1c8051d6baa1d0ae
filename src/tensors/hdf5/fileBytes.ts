import { FormatError } from '../../formats/error';
import { readBytes, type ByteSource } from '../byteSource';

const PAGE_BYTES = 64 * 1024;
const MOST_PAGES = 256;
/** One structure of the format: a heap's block or a B-tree's node. Larger ones are not written by any program. */
const LARGEST_STRUCTURE = 64 * 1024 * 1024;

/** The file from its superblock on, with the widths of its addresses and lengths; recently used pages are kept. */
export class FileBytes {
  private readonly pages = new Map<number, Uint8Array>();

  /**
   * @param base byte of `source` at address 0
   * @param offsetSize bytes of an address
   * @param lengthSize bytes of a length
   */
  constructor(
    readonly source: ByteSource,
    readonly base: number,
    readonly offsetSize: number,
    readonly lengthSize: number,
  ) {}

  /** Bytes from an address to the end of the file. */
  get size(): number {
    return this.source.size - this.base;
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    if (length > LARGEST_STRUCTURE) throw new FormatError(`a structure of ${length} bytes is too large`);
    if (address < 0 || length < 0 || address + length > this.size) {
      throw new FormatError('a structure reaches beyond the end of the file');
    }
    const page = Math.floor(address / PAGE_BYTES);
    const within = address - page * PAGE_BYTES;
    if (within + length > PAGE_BYTES) return readBytes(this.source, this.base + address, length);
    return (await this.page(page)).subarray(within, within + length);
  }

  async cursor(address: number, length: number): Promise<Cursor> {
    return new Cursor(await this.read(address, length), this.offsetSize, this.lengthSize);
  }

  /** The cursor after a signature of four letters. Throws FormatError if it differs. */
  async structure(address: number, signature: string, length: number): Promise<Cursor> {
    const cursor = await this.cursor(address, length);
    cursor.expect(signature);
    return cursor;
  }

  private async page(index: number): Promise<Uint8Array> {
    let bytes = this.pages.get(index);
    if (bytes === undefined) {
      const start = index * PAGE_BYTES;
      bytes = await readBytes(this.source, this.base + start, Math.min(PAGE_BYTES, this.size - start));
    }
    this.pages.delete(index);
    this.pages.set(index, bytes);
    if (this.pages.size > MOST_PAGES) this.pages.delete(this.pages.keys().next().value!);
    return bytes;
  }
}

/** Reads numbers one after the other, little-endian. Throws {@link FormatError} at the end of its bytes. */
export class Cursor {
  position = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly offsetSize: number,
    readonly lengthSize: number,
  ) {}

  get left(): number {
    return this.bytes.length - this.position;
  }

  take(length: number): Uint8Array {
    if (length < 0 || length > this.left) throw new FormatError('a structure is truncated');
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  skip(length: number): void {
    this.take(length);
  }

  part(length: number): Cursor {
    return new Cursor(this.take(length), this.offsetSize, this.lengthSize);
  }

  expect(signature: string): void {
    const found = Buffer.from(this.take(signature.length)).toString('latin1');
    if (found !== signature) throw new FormatError(`“${signature}” was expected but not found`);
  }

  /** An unsigned number of up to eight bytes, which has to be a safe integer. */
  uint(bytes: number): number {
    let value = 0;
    for (const [i, byte] of this.take(bytes).entries()) value += byte * 2 ** (8 * i);
    if (!Number.isSafeInteger(value)) throw new FormatError('a size or an address is impossibly large');
    return value;
  }

  u8 = (): number => this.uint(1);
  u16 = (): number => this.uint(2);
  u32 = (): number => this.uint(4);

  length = (): number => this.uint(this.lengthSize);

  /** A length, or undefined for "unlimited", which has all bits set. */
  extent(): number | undefined {
    return this.unset(this.lengthSize) ? undefined : this.length();
  }

  /** An address, or undefined for one that is not defined. */
  address(): number | undefined {
    return this.unset(this.offsetSize) ? undefined : this.uint(this.offsetSize);
  }

  /** An address that has to be defined. */
  place(): number {
    const address = this.address();
    if (address === undefined) throw new FormatError('an address is missing');
    return address;
  }

  /** Bytes before a zero, which is skipped. */
  text(): Uint8Array {
    const end = this.bytes.indexOf(0, this.position);
    const text = this.take((end < 0 ? this.bytes.length : end) - this.position);
    if (end >= 0) this.position++;
    return text;
  }

  /** Skips a field that has all bits set; leaves any other one. */
  private unset(width: number): boolean {
    const field = this.bytes.subarray(this.position, this.position + width);
    if (field.length < width || !field.every((byte) => byte === 0xff)) return false;
    this.position += width;
    return true;
  }
}

/** UTF-8 whatever the file says the character set is: programs write UTF-8 and mark it as ASCII. */
export function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Bytes that hold a number up to `limit`. */
export function bytesFor(limit: number): number {
  return Math.floor(Math.log2(Math.max(1, limit)) / 8) + 1;
}
