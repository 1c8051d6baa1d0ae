import { FormatError } from '../../formats/error';
import { readBytes, type ByteSource } from '../byteSource';
import { Cursor, FileBytes } from './fileBytes';

const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
const LONGEST_SUPERBLOCK = 128;

/**
 * Where the superblock is: at 0, or behind a user block of 512, 1024, 2048, … bytes. Undefined where the bytes are not
 * an HDF5 file.
 */
export async function superblockAt(source: ByteSource): Promise<number | undefined> {
  for (let at = 0; at + SIGNATURE.length <= source.size; at = at === 0 ? 512 : at * 2) {
    if (Buffer.compare(await readBytes(source, at, SIGNATURE.length), SIGNATURE) === 0) return at;
  }
  return undefined;
}

/** The file and the address of its root group's object header. Throws {@link FormatError}. */
export async function readSuperblock(source: ByteSource): Promise<{ file: FileBytes; root: number }> {
  const at = await superblockAt(source);
  if (at === undefined) throw new FormatError('it has no superblock');
  const start = at + SIGNATURE.length;
  const bytes = await readBytes(source, start, Math.min(LONGEST_SUPERBLOCK, source.size - start));
  const version = bytes[0] ?? -1;
  const early = version === 0 || version === 1;
  if (!early && version !== 2 && version !== 3)
    throw new FormatError(`its superblock has the unknown version ${version}`);
  const [offsetSize = 0, lengthSize = 0] = early ? bytes.subarray(5, 7) : bytes.subarray(1, 3);
  if (![2, 4, 8].includes(offsetSize) || ![2, 4, 8].includes(lengthSize)) {
    throw new FormatError(`its addresses have ${offsetSize} bytes and its lengths ${lengthSize}`);
  }
  const cursor = new Cursor(bytes, offsetSize, lengthSize);
  cursor.skip(early ? 8 + 4 + 4 + (version === 1 ? 4 : 0) : 4);
  // The base address, which is wrong once a user block was put before the file or taken away: the signature is right.
  cursor.skip(offsetSize);
  // The free-space information or the superblock's extension, the end of the file, and the driver's information.
  cursor.skip(offsetSize * (early ? 3 : 2));
  // The root group's symbol table entry begins with the offset of a name.
  if (early) cursor.skip(offsetSize);
  return { file: new FileBytes(source, at, offsetSize, lengthSize), root: cursor.place() };
}
