import type { ByteSource } from './byteSource';

/** One opening of a file: whoever waits for it may call it off, and hears what takes so long. */
export interface Opening {
  /** Throws once it was called off. */
  throwIfAborted(): void;
  /**
   * Not for every turn of a loop.
   *
   * @param activity what is done now, as the beginning of a sentence: "Looking through a header of 46 MB"
   */
  tell(activity: string): void;
}

/** Nobody waits for it. */
export const UNWATCHED: Opening = { throwIfAborted: () => undefined, tell: () => undefined };

/** A disk far away gives so much in a moment. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** So many bytes from a place, read in pieces. The caller has checked that they are worth the memory. */
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
