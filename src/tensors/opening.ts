import type { ByteSource } from './byteSource';

/** One opening of a file: the caller may cancel it, and is told the current activity. */
export interface Opening {
  /** Throws once it was called off. */
  throwIfAborted(): void;
  /**
   * Not for every turn of a loop.
   *
   * @param activity the current activity, as the beginning of a sentence: "Looking through a header of 46 MB"
   */
  tell(activity: string): void;
}

/** Never cancelled, and reports to no one. */
export const UNWATCHED: Opening = { throwIfAborted: () => undefined, tell: () => undefined };

/** About what a remote disk delivers in a moment. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Reads `length` bytes at a position, in pieces. The caller has checked that the size is acceptable. */
export async function readWatched(
  source: ByteSource,
  position: number,
  length: number,
  { throwIfAborted, tell }: Opening,
  what: string,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const megabytes = `${Math.ceil(length / 1e6)} MB`;
  for (let at = 0; at < length; at += PIECE_BYTES) {
    throwIfAborted();
    if (length > PIECE_BYTES) tell(`Reading ${what}: ${Math.floor(at / 1e6)} of ${megabytes}`);
    await source.read(bytes.subarray(at, at + PIECE_BYTES), position + at);
  }
  throwIfAborted();
  return bytes;
}
