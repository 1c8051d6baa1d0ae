/** The wire types of protocol buffers ("Encoding", protobuf.dev). */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const encoder = new TextEncoder();

/** Writes protocol buffer messages. Omitting zeros and empty strings is up to the caller. */
export class WireWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  /** The bytes written since {@link clear}, valid until the writer is used again. */
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

  /** A nested message: written first and then moved by the width of its length, which is usually one byte. */
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
