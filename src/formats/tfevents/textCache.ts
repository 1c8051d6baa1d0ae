const utf8 = new TextDecoder();
/** Tags come by the million but are few; beyond this many the log is not one that a cache helps with. */
const MAXIMUM_ENTRIES = 4096;
const MAXIMUM_LENGTH = 256;

/**
 * Caches short recurring texts: decoding a tag for every value would dominate the time to read a log, and allocate a
 * million strings.
 */
export class TextCache {
  private readonly entries = new Map<number, { readonly bytes: Uint8Array; readonly text: string }>();

  /** The text in `bytes[start, end)`. */
  read(bytes: Uint8Array, start: number, end: number): string {
    if (end - start > MAXIMUM_LENGTH) return utf8.decode(bytes.subarray(start, end));
    let hash = end - start;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const found = this.entries.get(hash);
    if (found !== undefined && isAt(found.bytes, bytes, start, end)) return found.text;
    const own = bytes.slice(start, end);
    const text = utf8.decode(own);
    if (this.entries.size < MAXIMUM_ENTRIES) this.entries.set(hash, { bytes: own, text });
    return text;
  }
}

function isAt(text: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text[i] !== bytes[start + i]) return false;
  return true;
}
