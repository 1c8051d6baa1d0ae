import { crc32, deflateRawSync } from 'node:zlib';

export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly packed?: boolean;
  /** The size that the directory claims, where that is not the real one. */
  readonly claims?: number;
  /** Where the directory says that it is, where that is not where it is. */
  readonly at?: number;
  /** A method that is none of ours. */
  readonly method?: number;
  readonly encrypted?: boolean;
  /** What the directory says of the unpacked bytes, where that is wrong. */
  readonly checksum?: number;
}

/** A ZIP archive as the test wants it, lies included; APPNOTE 4.3. */
export function zip(members: readonly Member[]): Uint8Array {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, packed, claims, at, method, encrypted, checksum } of members) {
    const data = packed ? deflateRawSync(bytes) : Buffer.from(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(encrypted ? 1 : 0, 2);
    common.writeUInt16LE(method ?? (packed ? 8 : 0), 4);
    common.writeUInt32LE(checksum ?? crc32(bytes), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(claims ?? bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name)]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at ?? offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, Buffer.from(name)]));
    chunks.push(local, data);
    offset += local.length + data.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...chunks, index, end]);
}

/** The same members stored in an archive whose directory has its numbers in 64 bits; APPNOTE 4.3.14 to 4.3.16 and 4.5.3. */
export function zip64(members: readonly Pick<Member, 'name' | 'bytes'>[], before = Buffer.alloc(0)): Uint8Array {
  const u64 = (...values: number[]) => Buffer.from(BigUint64Array.from(values, BigInt).buffer);
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of members) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(45, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(0xffffffff, 14);
    common.writeUInt32LE(0xffffffff, 18);
    common.writeUInt16LE(name.length, 22);
    const sizes = u64(bytes.length, bytes.length);
    common.writeUInt16LE(4 + sizes.length, 24);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), field64(sizes), bytes]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(0xffffffff, 10);
    const place = u64(bytes.length, bytes.length, offset);
    common.writeUInt16LE(9 + 4 + place.length, 24);
    // Behind a field of another kind, as Info-ZIP writes one with times.
    const extra = [Buffer.from([0x55, 0x54, 5, 0, 3, 0, 0, 0, 0]), field64(place)];
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x2d\x00'), common, rest, Buffer.from(name), ...extra]));
    chunks.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const record = Buffer.concat([
    Buffer.from('PK\x06\x06'),
    u64(44),
    Buffer.from([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    u64(members.length, members.length, index.length, offset),
  ]);
  const locator = Buffer.concat([
    Buffer.from('PK\x06\x07'),
    Buffer.alloc(4),
    u64(offset + index.length),
    Buffer.from([1, 0, 0, 0]),
  ]);
  const end = Buffer.alloc(22, 0xff);
  end.write('PK\x05\x06', 'latin1');
  end.fill(0, 4, 8);
  end.fill(0, 20);
  return Buffer.concat([before, ...chunks, index, record, locator, end]);
}

function field64(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([1, 0, data.length, 0]), data]);
}
