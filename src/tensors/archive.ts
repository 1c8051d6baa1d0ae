import { promisify } from 'node:util';
import { constants, crc32, createInflateRaw, inflateRaw } from 'node:zlib';
import { plural } from '../common/plural';
import { FormatError } from '../formats/error';
import { quote } from '../formats/strictJson';
import { readZipDirectory, ZIP_LOCAL_BYTES, zipDataStart, type ZipMember } from '../formats/zip';
import { MemorySource, PartSource, readBytes, type ByteSource } from './byteSource';
import { checkTensorCount } from './tensorFile';

/** A packed member is unpacked whole, into memory; a stored one may have any size. */
export const LARGEST_UNPACKED = 512 * 1024 * 1024;
/** Maximum size of the cache of decompressed members. */
const KEPT_UNPACKED = 512 * 1024 * 1024;
/** A ZIP archive whose members are read one by one, and decompressed if necessary. */
export class Archive {
  private readonly kept = new Map<ZipMember, MemorySource>();

  private constructor(
    private readonly source: ByteSource,
    readonly members: readonly ZipMember[],
  ) {}

  /** Reads the directory. Throws {@link FormatError}. */
  static async open(source: ByteSource): Promise<Archive> {
    const members = await readZipDirectory(source.size, (from, length) => readBytes(source, from, length));
    checkTensorCount(members.length);
    return new Archive(source, members);
  }

  /** The first `length` bytes of a member, or fewer if it is shorter; the rest is not decompressed. */
  async beginning(member: ZipMember, length: number): Promise<Uint8Array> {
    const start = await this.dataStart(member);
    if (member.method === 'stored') return readBytes(this.source, start, Math.min(length, member.bytes));
    const packed = await readBytes(this.source, start, Math.min(member.compressedBytes, length));
    return unpackSome(packed, Math.min(length, member.bytes));
  }

  /** All of a member: of a stored one its place in the archive, of a packed one the unpacked bytes. */
  async open(member: ZipMember): Promise<ByteSource> {
    if (member.problem !== undefined) throw new FormatError(`${quote(member.name)} cannot be read: ${member.problem}.`);
    const start = await this.dataStart(member);
    if (member.method === 'stored') return new PartSource(this.source, start, member.bytes);
    const known = this.kept.get(member);
    if (known !== undefined) return known;
    if (member.bytes > LARGEST_UNPACKED) throw new FormatError(`${quote(member.name)} is too large to decompress.`);
    const packed = await readBytes(this.source, start, member.compressedBytes);
    const bytes = await unpack(packed, member.bytes);
    if (bytes.length !== member.bytes) {
      throw new FormatError(
        `${quote(member.name)} decompresses to ${plural(bytes.length, 'byte')}, not to ${member.bytes}.`,
      );
    }
    if (crc32(bytes) !== member.crc32) throw new FormatError(`${quote(member.name)} is damaged: its checksum differs.`);
    const unpacked = new MemorySource(bytes);
    let sum = unpacked.size;
    for (const [other, { size }] of [...this.kept].reverse()) {
      sum += size;
      if (sum > KEPT_UNPACKED) this.kept.delete(other);
    }
    this.kept.set(member, unpacked);
    return unpacked;
  }

  private async dataStart(member: ZipMember): Promise<number> {
    const start = zipDataStart(await readBytes(this.source, member.headerStart, ZIP_LOCAL_BYTES), member);
    if (start + member.compressedBytes > this.source.size) {
      throw new FormatError('it reaches beyond the end of the file');
    }
    return start;
  }
}

async function unpack(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  try {
    return await promisify(inflateRaw)(packed, { maxOutputLength: Math.max(1, limit) });
  } catch {
    throw damaged();
  }
}

/** The first `length` bytes, or as many as there are: of zeros 16 KB may hold a thousand times as much, which is left alone. */
async function unpackSome(packed: Uint8Array, length: number): Promise<Uint8Array> {
  // Z_SYNC_FLUSH accepts a missing end.
  const inflater = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  inflater.end(packed);
  const chunks: Uint8Array[] = [];
  let unpacked = 0;
  try {
    for await (const chunk of inflater as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      unpacked += chunk.length;
      if (unpacked >= length) break;
    }
  } catch {
    throw damaged();
  }
  return Buffer.concat(chunks).subarray(0, length);
}

function damaged(): FormatError {
  return new FormatError('The compressed data are damaged.');
}
