import { FormatError } from './error';
import { quote } from './strictJson';

/**
 * ZIP archives (APPNOTE 6.3.10), as far as reading single members needs: the directory at the end, sizes of 64 bits, members
 * that are stored or deflated. Nothing is decompressed here.
 */
export interface ZipMember {
  readonly name: string;
  /** Another one, or encryption, is a `problem`. */
  readonly method: 'stored' | 'deflated';
  /** The reason why it cannot be read. */
  readonly problem?: string;
  /** Of the decompressed bytes. */
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Start of the member's own header; the data follow it. */
  readonly headerStart: number;
}

interface ZipDirectory {
  readonly start: number;
  /** Bytes before the archive, which its own places do not count. */
  readonly before: number;
  readonly length: number;
  readonly members: number;
}

/** The end record with the longest comment, and before it the locator of the 64-bit one. */
export const ZIP_TAIL_BYTES = 22 + 0xffff + 20;
/** Size of a member's own header, without name and extra field. */
export const ZIP_LOCAL_BYTES = 30;
const LARGEST_DIRECTORY = 64 * 1024 * 1024;
/** Deflate's maximum ratio: a member that claims more is invalid. */
const BEST_RATIO = 1040;
/** Incompressible data grow by a thousandth, and empty data by a few bytes: this leaves room for any writer. */
const mostPacked = (bytes: number) => 2 * bytes + 65536;

/**
 * Finds the directory in the last bytes of an archive, or where its 64-bit record is. Bytes that were put before the archive
 * or appended to it do not matter, as they do not to Python's zipfile. Throws {@link FormatError}.
 */
function findZipDirectory(tail: Uint8Array, fileSize: number): ZipDirectory | { readonly record64: number } {
  const view = viewOf(tail);
  const at = endRecord(view);
  if (at === undefined) {
    throw new FormatError('This is not a ZIP archive, or it is truncated: it has no directory at its end.');
  }
  const position = fileSize - tail.length + at;
  // The record is directly before its locator, even if data were prepended to the archive.
  if (at >= 20 && view.getUint32(at - 20, true) === 0x07064b50) return { record64: position - 20 - 56 };
  const members = view.getUint16(at + 10, true);
  const directory = { start: view.getUint32(at + 16, true), length: view.getUint32(at + 12, true), members };
  return checked(directory, position);
}

/** Where the end record is: the last one whose comment ends the file, or else the last one. */
function endRecord(view: DataView): number | undefined {
  let last: number | undefined;
  for (let at = view.byteLength - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
    last ??= at;
  }
  return last;
}

export function hasZipEnd(tail: Uint8Array): boolean {
  return endRecord(viewOf(tail)) !== undefined;
}

/** The directory as a 64-bit record (its first 56 bytes) says. */
function parseZip64Record(bytes: Uint8Array, recordStart: number): ZipDirectory {
  const view = viewOf(bytes);
  if (bytes.length < 56 || view.getUint32(0, true) !== 0x06064b50) throw damaged('its 64-bit record is missing');
  const directory = { members: integer(view, 32), length: integer(view, 40), start: integer(view, 48) };
  return checked(directory, recordStart);
}

function checked(directory: Omit<ZipDirectory, 'before'>, end: number): ZipDirectory {
  const { start, length } = directory;
  if (length > LARGEST_DIRECTORY) throw damaged(`its directory would have ${length} bytes`);
  if (start + length > end) throw damaged('its directory reaches beyond its end');
  const before = end - start - length;
  return { ...directory, start: start + before, before };
}

/**
 * Parses the directory. A member that lies about its place or its sizes, shares bytes with another or is followed by one of
 * the same name gets a `problem`, and the others stay readable. Throws {@link FormatError}.
 */
function parseZipDirectory(bytes: Uint8Array, { start, before, members: count }: ZipDirectory): ZipMember[] {
  const view = viewOf(bytes);
  const members: ZipMember[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw damaged('its directory is truncated');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const next = at + 46 + nameLength! + extraLength! + commentLength!;
    if (next > bytes.length) throw damaged('its directory is truncated');
    const member = parseMember(bytes.subarray(at, next), nameLength!, extraLength!);
    members.push({ ...member, headerStart: member.headerStart + before });
    at = next;
  }
  return withoutOverlaps(withoutShadowed(members), start);
}

/** numpy.load and Python's zipfile give the last of the members of one name. */
function withoutShadowed(members: readonly ZipMember[]): ZipMember[] {
  const last = new Map(members.map((member) => [member.name, member]));
  return members.map((member) =>
    last.get(member.name) === member ? member : withProblem(member, 'a later member of the archive has the same name'),
  );
}

/** Of members that share bytes the first keeps them: an archive of a megabyte could else unpack to any size. */
function withoutOverlaps(members: readonly ZipMember[], directoryStart: number): ZipMember[] {
  const problems = new Map<ZipMember, string>();
  let end = 0;
  for (const member of [...members].sort((a, b) => a.headerStart - b.headerStart)) {
    const { headerStart, compressedBytes } = member;
    const memberEnd = headerStart + ZIP_LOCAL_BYTES + compressedBytes;
    if (memberEnd > directoryStart) problems.set(member, 'it reaches into the directory of the archive');
    else if (headerStart < end) problems.set(member, 'it overlaps the member before it');
    else end = memberEnd;
  }
  return members.map((member) => withProblem(member, problems.get(member)));
}

function withProblem(member: ZipMember, problem: string | undefined): ZipMember {
  return member.problem !== undefined || problem === undefined ? member : { ...member, problem };
}

function parseMember(entry: Uint8Array, nameLength: number, extraLength: number): ZipMember {
  const view = viewOf(entry);
  const name = new TextDecoder().decode(entry.subarray(46, 46 + nameLength));
  const method = view.getUint16(10, true);
  const extra = view64(entry.subarray(46 + nameLength, 46 + nameLength + extraLength));
  const sizes = [24, 20, 42].map((field) => {
    const value = view.getUint32(field, true);
    return value === 0xffffffff ? extra() : value;
  });
  const [bytes = 0, compressedBytes = 0, headerStart = 0] = sizes.map((size) => size ?? 0);
  const all = { name, compressedBytes, bytes, headerStart, crc32: view.getUint32(16, true) };
  const problem = sizes.includes(undefined)
    ? 'its sizes are missing or too large'
    : (unreadable(view.getUint16(8, true), method) ?? lie({ method, bytes, compressedBytes }));
  return { ...all, method: method === 0 ? 'stored' : 'deflated', problem };
}

function lie({ method, bytes, compressedBytes }: { method: number; bytes: number; compressedBytes: number }) {
  if (method === 0 && bytes !== compressedBytes) return 'it is stored and has two sizes';
  if (bytes > compressedBytes * BEST_RATIO + 64) {
    return `it claims to unpack to ${bytes} bytes, which ${compressedBytes} cannot`;
  }
  if (compressedBytes > mostPacked(bytes)) {
    return `it takes ${compressedBytes} bytes, compressed, for ${bytes}`;
  }
  return undefined;
}

function unreadable(flags: number, method: number): string | undefined {
  if ((flags & 1) !== 0) return 'it is encrypted';
  return method === 0 || method === 8 ? undefined : `it uses compression method ${method}, which is not supported`;
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
function view64(extra: Uint8Array): () => number | undefined {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const end = Math.min(extra.length, at + 4 + view.getUint16(at + 2, true));
    let next = at + 4;
    return () => {
      if (next + 8 > end) return undefined;
      next += 8;
      return safeInteger(view, next - 8);
    };
  }
  return () => undefined;
}

function integer(view: DataView, at: number): number {
  const value = safeInteger(view, at);
  if (value === undefined) throw damaged('it has a size that is too large');
  return value;
}

function safeInteger(view: DataView, at: number): number | undefined {
  const value = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  return Number.isSafeInteger(value) ? value : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(why: string): FormatError {
  return new FormatError(`This ZIP archive is damaged: ${why}.`);
}

/**
 * Reads the directory of an archive of `size` bytes, by what reads `length` bytes at a place. Throws {@link FormatError} for a
 * damaged one, and what `read` throws.
 */
export async function readZipDirectory(
  size: number,
  read: (start: number, length: number) => Promise<Uint8Array>,
): Promise<ZipMember[]> {
  const tailStart = Math.max(0, size - ZIP_TAIL_BYTES);
  let found = findZipDirectory(await read(tailStart, size - tailStart), size);
  if ('record64' in found) {
    const { record64 } = found;
    if (record64 < 0) throw new FormatError('This ZIP archive is truncated.');
    found = parseZip64Record(await read(record64, 56), record64);
  }
  return parseZipDirectory(await read(found.start, found.length), found);
}
