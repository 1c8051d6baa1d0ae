import { FormatError } from '../error';
import { TextCache } from './textCache';

/** The wire types of protocol buffers ("Encoding", protobuf.dev). */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Reads protocol buffer messages in place. Within a message, `next()` gives the tags (field number · 8 + wire type) until
 * 0; each is followed by one reading call or by `skip`. A nested message is read between `enter()` and `leave()`. Throws
 * {@link FormatError} where the bytes are no message.
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

  /** Goes on after four bytes: 28 bits are read, 36 may follow. */
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

  /** Text; what is not UTF-8 becomes U+FFFD. */
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

/** Writes protocol buffer messages. Zeros and empty strings are left out only by who calls. */
export class WireWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  /** What was written since {@link clear}, valid until the writer is used again. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** An integer of up to ±2^53. */
  integer(field: number, value: number): void {
    this.varint(field * 8 + VARINT);
    if (value >= 0) this.varint(value);
    else this.varint64(BigInt.asUintN(64, BigInt(value)));
  }

  float(field: number, value: number): void {
    this.varint(field * 8 + FIXED32);
    this.reserve(4);
    this.view.setFloat32(this.length, value, true);
    this.length += 4;
  }

  double(field: number, value: number): void {
    this.varint(field * 8 + FIXED64);
    this.rawDouble(value);
  }

  doubles(field: number, values: ArrayLike<number>): void {
    this.varint(field * 8 + BYTES);
    this.varint(values.length * 8);
    for (let i = 0; i < values.length; i++) this.rawDouble(values[i]!);
  }

  data(field: number, data: Uint8Array): void {
    this.varint(field * 8 + BYTES);
    this.varint(data.length);
    this.reserve(data.length);
    this.bytes.set(data, this.length);
    this.length += data.length;
  }

  string(field: number, text: string): void {
    this.data(field, encoder.encode(text));
  }

  /** A nested message: written first and then moved by the width of its length, which is one byte for most. */
  message(field: number, body: () => void): void {
    this.varint(field * 8 + BYTES);
    const start = this.length;
    body();
    const end = this.length;
    const width = varintWidth(end - start);
    this.reserve(width);
    this.bytes.copyWithin(start + width, start, end);
    this.length = start;
    this.varint(end - start);
    this.length = end + width;
  }

  private rawDouble(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  private varint(value: number): void {
    this.reserve(varintWidth(value));
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes[this.length++] = (rest % 128) | 128;
    this.bytes[this.length++] = rest;
  }

  private varint64(value: bigint): void {
    this.reserve(10);
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) this.bytes[this.length++] = Number(rest & 127n) | 128;
    this.bytes[this.length++] = Number(rest);
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

function varintWidth(value: number): number {
  let width = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) width++;
  return width;
}
