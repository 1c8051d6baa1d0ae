/**
 * Frames on the control socket: `u32 LE length · u32 LE header length · JSON header (UTF-8) · raw bytes`, where length
 * counts everything after itself. Pure functions over bytes: the same code runs in Node.js and in a browser.
 */

export const PROTOCOL_VERSION = 1;
/** Maximum size of a frame; a peer that announces a larger one is disconnected before memory is allocated for it. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;
export const MAX_HEADER_BYTES = 1024 * 1024;

export interface Frame {
  readonly header: unknown;
  readonly body: Uint8Array;
}

export class FrameError extends Error {
  override name = 'FrameError';
}

const EMPTY = new Uint8Array(0);

export function encodeFrame(header: unknown, body: Uint8Array = EMPTY): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = 4 + text.length + body.length;
  if (text.length > MAX_HEADER_BYTES || length > MAX_FRAME_BYTES) {
    throw new FrameError(`A frame of ${length} bytes (header ${text.length}) is over the limit.`);
  }
  const frame = new Uint8Array(4 + length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, length, true);
  view.setUint32(4, text.length, true);
  frame.set(text, 8);
  frame.set(body, 8 + text.length);
  return frame;
}

/**
 * Collects the chunks of a stream and returns complete frames. Throws {@link FrameError} on bytes that cannot be one.
 */
export class FrameDecoder {
  private readonly chunks: Uint8Array[] = [];
  /** Index of the first chunk that is not consumed yet. */
  private head = 0;
  private buffered = 0;
  private expected: number | undefined;

  /** @param limit maximum size of a frame, in bytes */
  constructor(public limit = MAX_FRAME_BYTES) {}

  push(chunk: Uint8Array): Frame[] {
    // A Buffer is treated as a plain Uint8Array, so that the result has one type, whether it is a whole chunk or
    // joined.
    this.chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.buffered += chunk.length;
    const frames: Frame[] = [];
    for (;;) {
      if (this.expected === undefined) {
        if (this.buffered < 4) return frames;
        const prefix = this.take(4);
        const length = new DataView(prefix.buffer, prefix.byteOffset, 4).getUint32(0, true);
        if (length < 4 || length > this.limit) throw new FrameError(`A frame announces ${length} bytes.`);
        this.expected = length;
      }
      if (this.buffered < this.expected) return frames;
      frames.push(decodeBody(this.take(this.expected)));
      this.expected = undefined;
    }
  }

  private take(count: number): Uint8Array {
    this.buffered -= count;
    const first = this.chunks[this.head]!;
    if (first.length > count) {
      this.chunks[this.head] = first.subarray(count);
      return first.subarray(0, count);
    }
    const out = new Uint8Array(count);
    for (let filled = 0; filled < count;) {
      const chunk = this.chunks[this.head]!;
      const part = chunk.subarray(0, count - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length === chunk.length) this.head++;
      else this.chunks[this.head] = chunk.subarray(part.length);
    }
    // Removed in one operation: shifting them one by one would be quadratic in their number, which a peer chooses.
    this.chunks.splice(0, this.head);
    this.head = 0;
    return out;
  }
}

function decodeBody(bytes: Uint8Array): Frame {
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (headerLength > MAX_HEADER_BYTES || 4 + headerLength > bytes.length) {
    throw new FrameError(`A frame announces a header of ${headerLength} bytes.`);
  }
  try {
    const header: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(4, 4 + headerLength)),
    );
    return { header, body: bytes.subarray(4 + headerLength) };
  } catch {
    throw new FrameError('A frame’s header is not JSON.');
  }
}
