import { BYTES, FIXED32, FIXED64, VARINT } from '../../common/wireWriter';
import { FormatError } from '../error';
import { TextCache } from './textCache';

const utf8 = new TextDecoder();

/**
 * Reads protocol buffer messages in place. Within a message, `next()` gives the tags (field number · 8 + wire type) until
 * 0; each is followed by one reading call or by `skip`. A nested message is read between `enter()` and `leave()`. Throws
 * {@link FormatError} if the bytes are not a message.
 */
export class WireReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private view: DataView = new DataView(this.bytes.buffer);
  private position = 0;
  private end = 0;
  private readonly texts = new TextCache();

  /** Starts on a message that fills `[start, end)`. One reader serves many messages, since views are costly to make. */
  reset(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.bytes = bytes;
    this.view = view;
    this.position = start;
    this.end = end;
  }

  /** Whether the message at hand is read to its end. */
  get done(): boolean {
    return this.position >= this.end;
  }

  next(): number {
    if (this.position >= this.end) return 0;
    const tag = this.varint();
    if (tag < 8) throw new FormatError('a field has the number 0');
    return tag;
  }

  /** A varint as a signed 64-bit number; digits beyond 2^53 are lost. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    return this.longVarint(value);
  }

  /** Continues after four bytes: 28 bits are read, 36 may follow. */
  private longVarint(lowest: number): number {
    let middle = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      middle |= (byte & 127) << shift;
      if (byte < 128) return lowest + middle * 2 ** 28;
    }
    const ninth = this.byte();
    const tenth = ninth < 128 ? 0 : this.byte();
    if (tenth > 1) throw new FormatError('a number is longer than 64 bits');
    const top = (ninth & 127) + tenth * 128;
    const signed = top >= 128 ? top - 256 : top;
    // From the top down: small negative numbers stay exact.
    return signed * 2 ** 56 + middle * 2 ** 28 + lowest;
  }

  float(): number {
    const at = this.take(4);
    return this.view.getFloat32(at, true);
  }

  double(): number {
    const at = this.take(8);
    return this.view.getFloat64(at, true);
  }

  /** A view into the message, valid as long as its bytes are. */
  range(): Uint8Array {
    const length = this.varint();
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Text; invalid UTF-8 becomes U+FFFD. */
  string(): string {
    return utf8.decode(this.range());
  }

  /** The same for texts that recur, like tags: each is decoded once. */
  recurringString(): string {
    const length = this.varint();
    const at = this.take(length);
    return this.texts.read(this.bytes, at, at + length);
  }

  /** Goes into a nested message; give the result to {@link leave}. */
  enter(): number {
    const length = this.varint();
    const outer = this.end;
    this.end = this.take(length) + length;
    this.position = this.end - length;
    return outer;
  }

  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.varint();
        return;
      case FIXED64:
        this.take(8);
        return;
      case BYTES:
        this.take(this.varint());
        return;
      case FIXED32:
        this.take(4);
        return;
      default:
        throw new FormatError(`a field has the unknown wire type ${tag & 7}`);
    }
  }

  private byte(): number {
    if (this.position >= this.end) throw new FormatError('a message ends within a number');
    return this.bytes[this.position++]!;
  }

  private take(count: number): number {
    const at = this.position;
    if (count < 0 || count > this.end - at) throw new FormatError('a field is longer than its message');
    this.position = at + count;
    return at;
  }
}
