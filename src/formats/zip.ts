import { FormatError } from './error';
import { quote } from './strictJson';

/**
 * ZIP archives (APPNOTE 6.3.10), as far as reading single members needs: the directory at the end, sizes of 64 bits, members
 * that are stored or deflated. Nothing is unpacked here.
 */
export interface ZipMember {
  readonly name: string;
  /** Another one, or encryption, is a `problem`. */
  readonly method: 'stored' | 'deflated';
  /** Why it cannot be read, in words. */
  readonly problem?: string;
  /** Of the unpacked bytes. */
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Where the member's own header begins; the data follow it. */
  readonly headerStart: number;
}

interface ZipDirectory {
  readonly start: number;
  readonly length: number;
  readonly members: number;
}

/** The end record with the longest comment, and before it the locator of the 64-bit one. */
export const ZIP_TAIL_BYTES = 22 + 0xffff + 20;
/** Of a member's own header, without name and extra field. */
export const ZIP_LOCAL_BYTES = 30;
const LARGEST_DIRECTORY = 64 * 1024 * 1024;
/** Deflate cannot do better, so a member that claims more is a lie. */
const BEST_RATIO = 1040;
/** Bytes that deflate cannot make smaller take a thousandth more, and what is empty a few: this leaves room for any writer. */
const mostPacked = (bytes: number) => 2 * bytes + 65536;

/** Finds the directory in the last bytes of an archive, or where its 64-bit record is. Throws {@link FormatError}. */
export function findZipDirectory(tail: Uint8Array, fileSize: number): ZipDirectory | { readonly record64: number } {
  const view = viewOf(tail);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + 22 + view.getUint16(at + 20, true) !== tail.length) continue;
    if (at >= 20 && view.getUint32(at - 20, true) === 0x07064b50) return { record64: integer(view, at - 12) };
    const members = view.getUint16(at + 10, true);
    const directory = { start: view.getUint32(at + 16, true), length: view.getUint32(at + 12, true), members };
    return checked(directory, fileSize - tail.length + at);
  }
  throw new FormatError('This is no ZIP archive, or it is cut off: it has no directory at its end.');
}

/** The directory as a 64-bit record (its first 56 bytes) says. */
export function parseZip64Record(bytes: Uint8Array, recordStart: number): ZipDirectory {
  const view = viewOf(bytes);
  if (bytes.length < 56 || view.getUint32(0, true) !== 0x06064b50) throw damaged('its 64-bit record is missing');
  const directory = { members: integer(view, 32), length: integer(view, 40), start: integer(view, 48) };
  return checked(directory, recordStart);
}

function checked(directory: ZipDirectory, end: number): ZipDirectory {
  const { start, length } = directory;
  if (length > LARGEST_DIRECTORY) throw damaged(`its directory would have ${length} bytes`);
  if (start + length > end) throw damaged('its directory reaches beyond its end');
  return directory;
}

/** Parses the directory. No two members may share bytes, names are unique. Throws {@link FormatError}. */
export function parseZipDirectory(bytes: Uint8Array, { start, members: count }: ZipDirectory): ZipMember[] {
  const view = viewOf(bytes);
  const members: ZipMember[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw damaged('its directory is cut off');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const next = at + 46 + nameLength! + extraLength! + commentLength!;
    if (next > bytes.length) throw damaged('its directory is cut off');
    const member = parseMember(bytes.subarray(at, next), nameLength!, extraLength!);
    if (names.has(member.name)) throw damaged(`it has two members named ${quote(member.name)}`);
    names.add(member.name);
    members.push(member);
    at = next;
  }
  let end = 0;
  for (const { headerStart, compressedBytes, name } of [...members].sort((a, b) => a.headerStart - b.headerStart)) {
    if (headerStart < end) throw damaged(`the member ${quote(name)} overlaps the one before it`);
    end = headerStart + ZIP_LOCAL_BYTES + compressedBytes;
    if (end > start) throw damaged(`the member ${quote(name)} reaches into the directory`);
  }
  return members;
}

function parseMember(entry: Uint8Array, nameLength: number, extraLength: number): ZipMember {
  const view = viewOf(entry);
  const name = new TextDecoder().decode(entry.subarray(46, 46 + nameLength));
  const method = view.getUint16(10, true);
  const problem = unreadable(view.getUint16(8, true), method);
  const extra = view64(entry.subarray(46 + nameLength, 46 + nameLength + extraLength));
  const [bytes, compressedBytes, headerStart] = [24, 20, 42].map((field) => {
    const value = view.getUint32(field, true);
    return value === 0xffffffff ? extra(name) : value;
  }) as [number, number, number];
  const all = { name, compressedBytes, bytes, headerStart, crc32: view.getUint32(16, true) };
  if (problem !== undefined) return { ...all, method: 'deflated', problem };
  if (method === 0 && bytes !== compressedBytes) throw damaged(`the stored member ${quote(name)} has two sizes`);
  if (bytes > compressedBytes * BEST_RATIO + 64) {
    throw damaged(`the member ${quote(name)} claims to unpack to ${bytes} bytes, which ${compressedBytes} cannot`);
  }
  if (compressedBytes > mostPacked(bytes)) {
    throw damaged(`the member ${quote(name)} takes ${compressedBytes} bytes, packed, for ${bytes}`);
  }
  return { ...all, method: method === 0 ? 'stored' : 'deflated' };
}

function unreadable(flags: number, method: number): string | undefined {
  if ((flags & 1) !== 0) return 'it is encrypted';
  return method === 0 || method === 8 ? undefined : `it is packed by the method ${method}, which is not known here`;
}

/** Where the data of a member begin, from its own header (the first {@link ZIP_LOCAL_BYTES} bytes of it). */
export function zipDataStart(header: Uint8Array, { headerStart, name }: ZipMember): number {
  const view = viewOf(header);
  if (header.length < ZIP_LOCAL_BYTES || view.getUint32(0, true) !== 0x04034b50) {
    throw damaged(`the member ${quote(name)} is not where the directory says`);
  }
  return headerStart + ZIP_LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
}

/** The fields of 64 bits in their order; only those are there whose 32 bits did not do. */
function view64(extra: Uint8Array): (name: string) => number {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const end = Math.min(extra.length, at + 4 + view.getUint16(at + 2, true));
    let next = at + 4;
    return (name) => {
      if (next + 8 > end) throw damaged(`the sizes of the member ${quote(name)} are missing`);
      next += 8;
      return integer(view, next - 8);
    };
  }
  return (name) => {
    throw damaged(`the sizes of the member ${quote(name)} are missing`);
  };
}

function integer(view: DataView, at: number): number {
  const value = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  if (!Number.isSafeInteger(value)) throw damaged('it has a size that is too large');
  return value;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(why: string): FormatError {
  return new FormatError(`This ZIP archive is damaged: ${why}.`);
}
