import type { Pixels } from '../model/pixels';
import { colorAt, COLORS, paletteOf } from './palette';

const TRAILER = 0x3b;
const MOST_CODES = 4_096;

/**
 * Encodes images of one size as a looping animation (GIF89a). Up to 256 colors, as in gray images, are exact; more are
 * quantized to 256.
 * @param milliseconds duration of a frame, rounded to hundredths of a second
 * @param scale width and height of an enlarged pixel
 * @throws RangeError without images
 */
export function encodeGif(images: readonly Pixels[], milliseconds: number, scale = 1): Uint8Array {
  const [first] = images;
  if (!first) throw new RangeError('An animation needs images.');
  const [width, height] = [first.width * scale, first.height * scale];
  const palette = paletteOf(images);
  const out = new Bytes();
  out.text('GIF89a');
  out.word(width);
  out.word(height);
  // A global table of 256 colors.
  out.bytes([0xf7, 0, 0]);
  for (let i = 0; i < COLORS; i++) {
    const color = palette.colors[i] ?? 0;
    out.bytes([color >> 16, (color >> 8) & 255, color & 255]);
  }
  out.bytes([0x21, 0xff, 11]);
  out.text('NETSCAPE2.0');
  out.bytes([3, 1, 0, 0, 0]);
  for (const image of images) {
    out.bytes([0x21, 0xf9, 4, 0]);
    out.word(Math.max(2, Math.round(milliseconds / 10)));
    out.bytes([0, 0, 0x2c, 0, 0, 0, 0]);
    out.word(width);
    out.word(height);
    out.bytes([0]);
    compress(indices(image, palette.indexOf, scale), out);
  }
  out.bytes([TRAILER]);
  return out.finish();
}

/** Color indices of the enlarged image. */
function indices(image: Pixels, indexOf: (color: number) => number, scale: number): Uint8Array {
  const { width, height } = image;
  const large = new Uint8Array(width * height * scale * scale);
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width; x++) {
      const index = indexOf(colorAt(image, Math.floor(y / scale) * width + x));
      large.fill(index, (y * width + x) * scale, (y * width + x + 1) * scale);
    }
  }
  return large;
}

/** GIF's variable-length codes (Welch 1984): the code for a known sequence, which then is known one index longer. */
function compress(indices: Uint8Array, out: Bytes): void {
  const [clear, end] = [COLORS, COLORS + 1];
  const bits = new BitBlocks(out);
  out.bytes([8]);
  let codes = new Map<number, number>();
  let [next, size] = [end + 1, 9];
  bits.write(clear, size);
  let sequence = indices[0] ?? 0;
  for (let i = 1; i < indices.length; i++) {
    const key = sequence * COLORS + indices[i]!;
    const known = codes.get(key);
    if (known !== undefined) {
      sequence = known;
      continue;
    }
    bits.write(sequence, size);
    if (next < MOST_CODES) {
      // The decoder learns this code one step later, and widens its codes then.
      if (next === 1 << size) size++;
      codes.set(key, next++);
    } else {
      bits.write(clear, size);
      codes = new Map();
      [next, size] = [end + 1, 9];
    }
    sequence = indices[i]!;
  }
  bits.write(sequence, size);
  if (next === 1 << size && size < 12) size++;
  bits.write(end, size);
  bits.finish();
}

/** Codes, lowest bits first, in blocks of at most 255 bytes. */
class BitBlocks {
  private readonly block: number[] = [];
  private waiting = 0;
  private count = 0;

  constructor(private readonly out: Bytes) {}

  write(code: number, size: number): void {
    this.waiting |= code << this.count;
    this.count += size;
    while (this.count >= 8) {
      this.byte(this.waiting & 255);
      this.waiting >>>= 8;
      this.count -= 8;
    }
  }

  finish(): void {
    if (this.count > 0) this.byte(this.waiting & 255);
    this.flush();
    this.out.bytes([0]);
  }

  private byte(value: number): void {
    this.block.push(value);
    if (this.block.length === 255) this.flush();
  }

  private flush(): void {
    if (this.block.length > 0) this.out.bytes([this.block.length, ...this.block]);
    this.block.length = 0;
  }
}

class Bytes {
  private data = new Uint8Array(64 * 1024);
  private length = 0;

  bytes(values: readonly number[]): void {
    if (this.length + values.length > this.data.length) {
      const larger = new Uint8Array(2 * this.data.length + values.length);
      larger.set(this.data);
      this.data = larger;
    }
    this.data.set(values, this.length);
    this.length += values.length;
  }

  word(value: number): void {
    this.bytes([value & 255, value >> 8]);
  }

  text(text: string): void {
    this.bytes(Array.from(text, (letter) => letter.charCodeAt(0)));
  }

  finish(): Uint8Array {
    return this.data.slice(0, this.length);
  }
}
