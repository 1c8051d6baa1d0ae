import { FormatError } from './error';

/**
 * Windows bitmaps as programs write them: 1, 4, 8, 16, 24 or 32 bits a pixel, with or without a palette, bottom-up or
 * top-down, with the usual masks (Microsoft, "Bitmap Storage", BITMAPINFOHEADER to BITMAPV5HEADER).
 */
export interface DecodedBmp {
  readonly width: number;
  readonly height: number;
  /** RGBA [height, width, 4] */
  readonly data: Uint8Array;
}

const FILE_HEADER = 14;
/** Length of BITMAPINFOHEADER, which longer headers begin with. */
const INFO_HEADER = 40;
/** Length of the header that has an alpha mask. */
const ALPHA_HEADER = 56;
const enum Compression {
  None = 0,
  Rle8 = 1,
  Rle4 = 2,
  Masks = 3,
}
const BITS: readonly number[] = [1, 4, 8, 16, 24, 32];

export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/**
 * Decodes a bitmap. Throws {@link FormatError} for one that is malformed or compressed.
 *
 * @param mostPixels more are refused before memory is taken
 */
export function decodeBmp(bytes: Uint8Array, mostPixels: number): DecodedBmp {
  const header = headerOf(bytes, mostPixels);
  const { width, height, bits, topDown, start } = header;
  const stride = 4 * Math.ceil((width * bits) / 32);
  if (start + stride * height > bytes.length) throw new FormatError('The bitmap is truncated.');
  const color = bits <= 8 ? paletteColors(bytes, header) : maskedColors(bytes, header);
  const data = new Uint8Array(4 * width * height);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const valueAt = reader(view, bits);
  for (let y = 0; y < height; y++) {
    const row = start + stride * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++) color(valueAt(row, x), data, 4 * (y * width + x));
  }
  return { width, height, data };
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly headerLength: number;
  readonly colors: number;
  /** Where the pixels begin. */
  readonly start: number;
}

function headerOf(bytes: Uint8Array, mostPixels: number): Header {
  if (!isBmp(bytes) || bytes.length < FILE_HEADER + INFO_HEADER) throw new FormatError('It is no bitmap.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(14, true);
  if (headerLength < INFO_HEADER) throw new FormatError('Bitmaps of OS/2 are not supported.');
  const [width, signedHeight] = [view.getInt32(18, true), view.getInt32(22, true)];
  const height = Math.abs(signedHeight);
  if (width < 1 || height < 1) throw new FormatError(`A bitmap cannot have ${width}×${height} pixels.`);
  if (width * height > mostPixels)
    throw new FormatError(`The bitmap has ${width}×${height} pixels, which is too large.`);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (!BITS.includes(bits)) throw new FormatError(`A bitmap of ${bits} bits a pixel is not supported.`);
  const masked = compression === Compression.Masks && (bits === 16 || bits === 32);
  if (compression !== Compression.None && !masked) throw new FormatError('Compressed bitmaps are not supported.');
  return {
    ...{ width, height, topDown: signedHeight < 0, bits, compression, headerLength },
    colors: view.getUint32(46, true),
    start: view.getUint32(10, true),
  };
}

/** Reads the value of pixel `x` of the row that begins at `row`. */
function reader(view: DataView, bits: number): (row: number, x: number) => number {
  if (bits === 32) return (row, x) => view.getUint32(row + 4 * x, true);
  if (bits === 24) return (row, x) => view.getUint16(row + 3 * x, true) | (view.getUint8(row + 3 * x + 2) << 16);
  if (bits === 16) return (row, x) => view.getUint16(row + 2 * x, true);
  if (bits === 8) return (row, x) => view.getUint8(row + x);
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  // The leftmost pixel is in the highest bits.
  return (row, x) => (view.getUint8(row + Math.floor(x / perByte)) >> (8 - bits * ((x % perByte) + 1))) & mask;
}

type Color = (value: number, into: Uint8Array, at: number) => void;

function paletteColors(bytes: Uint8Array, { bits, colors, headerLength, start }: Header): Color {
  const from = FILE_HEADER + headerLength;
  const count = Math.min(colors === 0 ? 1 << bits : colors, 1 << bits);
  if (from + 4 * count > Math.min(start, bytes.length))
    throw new FormatError('The palette of the bitmap is truncated.');
  return (value, into, at) => {
    if (value >= count) throw new FormatError('A pixel of the bitmap has a color that its palette does not have.');
    const entry = from + 4 * value;
    into[at] = bytes[entry + 2]!;
    into[at + 1] = bytes[entry + 1]!;
    into[at + 2] = bytes[entry]!;
    into[at + 3] = 255;
  };
}

function maskedColors(bytes: Uint8Array, { bits, compression, headerLength }: Header): Color {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const masked = compression === Compression.Masks;
  const at = FILE_HEADER + INFO_HEADER; // in the header if that is longer, else after it
  if (masked && at + 16 > bytes.length) throw new FormatError('The bitmap is truncated.');
  const masks = masked
    ? [0, 4, 8].map((offset) => view.getUint32(at + offset, true))
    : bits === 16
      ? [0x7c00, 0x03e0, 0x001f]
      : [0xff0000, 0x00ff00, 0x0000ff];
  // Without such a mask the fourth byte of a pixel means nothing, and is 0 in most files.
  const alpha = masked && headerLength >= ALPHA_HEADER ? view.getUint32(at + 12, true) : 0;
  const [red, green, blue] = masks.map(channel) as [Channel, Channel, Channel];
  const opacity = alpha === 0 ? () => 255 : channel(alpha);
  return (value, into, position) => {
    into[position] = red(value);
    into[position + 1] = green(value);
    into[position + 2] = blue(value);
    into[position + 3] = opacity(value);
  };
}

type Channel = (value: number) => number;

/** The bits of a mask, scaled to a byte. */
function channel(mask: number): Channel {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (value) => Math.round((255 * ((value & mask) >>> shift)) / most);
}
