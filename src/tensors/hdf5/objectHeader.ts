import { FormatError } from '../../formats/error';
import { Cursor, type FileBytes } from './fileBytes';

/** Types of header messages (HDF5 File Format Specification 3.0, IV.A.2). */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFillValue: 0x04,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  groupInfo: 0x0a,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

const SHARED = 2;
const MOST_MESSAGES = 70_000;
const MOST_BLOCKS = 10_000;

interface Message {
  readonly type: number;
  readonly flags: number;
  readonly data: Uint8Array;
}

/** Messages that describe an object. */
export class ObjectHeader {
  private constructor(
    private readonly file: FileBytes,
    private readonly messages: readonly Message[],
  ) {}

  /** Throws {@link FormatError}. */
  static async read(file: FileBytes, address: number): Promise<ObjectHeader> {
    const start = await file.cursor(address, 4);
    const early = start.bytes[0] === 1;
    const messages = early ? await readEarly(file, address) : await readLate(file, address);
    return new ObjectHeader(file, messages);
  }

  has(type: number): boolean {
    return this.messages.some((message) => message.type === type);
  }

  /** Contents of all messages of a type. */
  all(type: number): readonly Message[] {
    return this.messages.filter((message) => message.type === type);
  }

  /** The first message of a type, looked up in another object if it is shared; undefined if there is none. */
  async find(type: number): Promise<Cursor | undefined> {
    const message = this.messages.find((each) => each.type === type);
    if (message === undefined) return undefined;
    return (message.flags & SHARED) !== 0
      ? sharedMessage(this.file, message.data, type)
      : cursorOver(this.file, message.data);
  }
}

/** Target of a shared message: usually a committed datatype. */
export async function sharedMessage(file: FileBytes, data: Uint8Array, type: number): Promise<Cursor> {
  const cursor = cursorOver(file, data);
  const version = cursor.u8();
  const kind = cursor.u8();
  if (version === 1) cursor.skip(6);
  if (version >= 3 && kind === 1)
    throw new FormatError('its description is in a shared-message heap, which is not supported');
  const header = await ObjectHeader.read(file, cursor.place());
  const message = header.all(type)[0];
  // A description that is shared by way of others could lead back to itself.
  if (message === undefined || (message.flags & SHARED) !== 0) throw new FormatError('a shared description is missing');
  return cursorOver(file, message.data);
}

export function cursorOver(file: FileBytes, data: Uint8Array): Cursor {
  return new Cursor(data, file.offsetSize, file.lengthSize);
}

async function readEarly(file: FileBytes, address: number): Promise<Message[]> {
  const prefix = await file.cursor(address, 16);
  prefix.skip(8);
  const size = prefix.u32();
  const read = (block: Cursor) => {
    const found: Message[] = [];
    while (block.left >= 8) {
      const type = block.u16();
      const length = block.u16();
      const flags = block.u8();
      block.skip(3);
      found.push({ type, flags, data: block.take(Math.min(length, block.left)) });
    }
    return found;
  };
  return readBlocks(file, { first: { address: address + 16, size }, read, signature: '' });
}

async function readLate(file: FileBytes, address: number): Promise<Message[]> {
  const prefix = await file.cursor(address, Math.min(64, file.size - address));
  prefix.expect('OHDR');
  if (prefix.u8() !== 2) throw new FormatError('an object header has an unknown version');
  const flags = prefix.u8();
  if (flags & 0x20) prefix.skip(16);
  if (flags & 0x10) prefix.skip(4);
  const size = prefix.uint(1 << (flags & 3));
  const read = (block: Cursor) => {
    const found: Message[] = [];
    const headerBytes = flags & 4 ? 6 : 4;
    // A checksum ends the block, possibly after a gap that is too small for a message.
    while (block.left >= headerBytes) {
      const type = block.u8();
      const length = block.u16();
      const its = block.u8();
      if (flags & 4) block.skip(2);
      found.push({ type, flags: its, data: block.take(Math.min(length, block.left)) });
    }
    return found;
  };
  return readBlocks(file, { first: { address: address + prefix.position, size }, read, signature: 'OCHK' });
}

interface Blocks {
  readonly first: { readonly address: number; readonly size: number };
  readonly read: (block: Cursor) => Message[];
  /** Of every block but the first, which then ends with a checksum. */
  readonly signature: string;
}

async function readBlocks(file: FileBytes, { first, read, signature }: Blocks): Promise<Message[]> {
  const messages: Message[] = [];
  const seen = new Set<number>();
  const waiting = [{ ...first, later: false }];
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    if (seen.has(block.address) || seen.size > MOST_BLOCKS) throw new FormatError('an object header never ends');
    seen.add(block.address);
    const cursor = await file.cursor(block.address, block.size);
    if (block.later && signature !== '') cursor.expect(signature);
    const checksum = block.later && signature !== '' ? 4 : 0;
    for (const message of read(cursor.part(Math.max(0, cursor.left - checksum)))) {
      if (message.type !== MESSAGE.continuation) messages.push(message);
      else {
        const next = cursorOver(file, message.data);
        waiting.push({ address: next.place(), size: next.length(), later: true });
      }
    }
    if (messages.length > MOST_MESSAGES) throw new FormatError('an object header has too many messages');
  }
  return messages;
}
