import { promisify } from 'node:util';
import { crc32, deflate, deflateSync, inflateSync } from 'node:zlib';
import { FormatError } from './error';
import type { Bitmap } from './grid';
import { concatenate, PNG_SIGNATURE, pngChunk } from '../common/pngChunks';
import { filterRows, filterRowsInTurns, unfilterRows } from './pngFilter';

/**
 * PNG, third edition (W3C 2025), as far as we need it: 8 bits a channel, not interlaced. Written: gray and RGB. Read:
 * these, and with an alpha channel or a palette.
 */

export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  /** 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha; palettes are resolved to RGB. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

const GRAY = 0;
const RGB = 2;
const PALETTE = 3;
const GRAY_ALPHA = 4;
const RGB_ALPHA = 6;
const SAMPLES_PER_PIXEL: Readonly<Record<number, 1 | 2 | 3 | 4>> = {
  [GRAY]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [GRAY_ALPHA]: 2,
  [RGB_ALPHA]: 4,
};

const deflateInPool: (bytes: Uint8Array, options: { level: number }) => Promise<Uint8Array> = promisify(deflate);
// Level 6: on grids of digits, level 9 takes more than ten times as long (66 ms) and saves two to five per cent.
const COMPRESSION = { level: 6 };
/** Some five milliseconds of filtering. */
const BYTES_A_TURN = 64 * 1024;

/** Encodes a bitmap. Throws a RangeError when its size and its data disagree. */
export function encodePng(bitmap: Bitmap): Uint8Array {
  return assembled(pngHeader(bitmap), packedPixels(bitmap));
}

/** The content of an image's `IDAT` chunk. */
export function packedPixels({ width, channels, data }: Bitmap): Uint8Array {
  return deflateSync(filterRows(data, width * channels, channels), COMPRESSION);
}

/** The same bytes for a caller that must not block its thread: filtered in slices, deflated by another thread. */
export async function encodePngInTurns(bitmap: Bitmap): Promise<Uint8Array> {
  const header = pngHeader(bitmap);
  const { width, channels, data } = bitmap;
  const turns = filterRowsInTurns(data, width * channels, channels, BYTES_A_TURN);
  for (;;) {
    const { done, value } = turns.next();
    if (done) return assembled(header, await deflateInPool(value, COMPRESSION));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The content of an image's `IHDR` chunk. Throws a RangeError when its size and its data disagree. */
export function pngHeader({ width, height, channels, data }: Bitmap): Uint8Array {
  if (width < 1 || height < 1 || data.length !== width * height * channels) {
    throw new RangeError(`${data.length} bytes are not an image of ${width} × ${height} × ${channels}.`);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  header[9] = channels === 1 ? GRAY : RGB;
  return header;
}

function assembled(header: Uint8Array, pixels: Uint8Array): Uint8Array {
  return concatenate([
    PNG_SIGNATURE,
    pngChunk('IHDR', header, crc32),
    pngChunk('IDAT', pixels, crc32),
    pngChunk('IEND', new Uint8Array(0), crc32),
  ]);
}

/**
 * Decodes an image. The declared size is checked against `maximumPixels` before memory is allocated, and inflating stops at
 * the declared size. Throws {@link FormatError} for damaged and unsupported files.
 */
export function decodePng(bytes: Uint8Array, { maximumPixels }: { maximumPixels: number }): DecodedPng {
  if (!PNG_SIGNATURE.every((byte, index) => bytes[index] === byte)) throw new FormatError('Not a PNG image.');
  const chunks = readChunks(bytes);
  const first = chunks[0];
  if (first?.type !== 'IHDR' || first.data.length !== 13)
    throw new FormatError('A PNG image must begin with its header.');
  const { width, height, color } = readHeader(first.data, maximumPixels);

  const samples = SAMPLES_PER_PIXEL[color]!;
  const rowLength = width * samples;
  const filtered = inflate(concatenate(dataOf(chunks, 'IDAT')), height * (rowLength + 1));
  const data = unfilterRows(filtered, rowLength, samples);
  if (color !== PALETTE) return { width, height, channels: samples, data };
  return { width, height, channels: 3, data: resolvePalette(data, dataOf(chunks, 'PLTE')[0]) };
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

function readHeader(header: Uint8Array, maximumPixels: number): { width: number; height: number; color: number } {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, color, compression, filter, interlace] = header.subarray(8);
  if (width < 1 || height < 1 || width * height > maximumPixels) {
    throw new FormatError(`This PNG image declares ${width} × ${height} pixels; the limit is ${maximumPixels} in all.`);
  }
  if (depth !== 8 || SAMPLES_PER_PIXEL[color!] === undefined) {
    throw new FormatError(
      `PNG images of ${depth} bits and color type ${color} are not supported, only those of 8 bits.`,
    );
  }
  if (compression !== 0 || filter !== 0) throw new FormatError('This PNG image uses an unknown compression.');
  if (interlace !== 0) throw new FormatError('Interlaced PNG images are not supported.');
  return { width, height, color: color! };
}

function readChunks(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Chunk[] = [];
  let at = PNG_SIGNATURE.length;
  for (;;) {
    if (at + 12 > bytes.length) throw new FormatError('This PNG image is truncated.');
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw new FormatError('This PNG image is truncated.');
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw new FormatError(`The ${JSON.stringify(type)} part of this PNG image is damaged.`);
    }
    chunks.push({ type, data: bytes.subarray(at + 8, end) });
    if (type === 'IEND') return chunks;
    at = end + 4;
  }
}

function dataOf(chunks: readonly Chunk[], type: string): Uint8Array[] {
  return chunks.filter((candidate) => candidate.type === type).map(({ data }) => data);
}

function inflate(compressed: Uint8Array, expected: number): Uint8Array {
  let inflated: Uint8Array;
  try {
    inflated = inflateSync(compressed, { maxOutputLength: expected });
  } catch (error) {
    throw new FormatError(`The pixels of this PNG image cannot be unpacked: ${(error as Error).message}`);
  }
  if (inflated.length !== expected) throw new FormatError('This PNG image has fewer pixels than it declares.');
  return inflated;
}

function resolvePalette(indices: Uint8Array, palette: Uint8Array | undefined): Uint8Array {
  if (palette === undefined || palette.length % 3 !== 0) throw new FormatError('This PNG image lacks its palette.');
  const out = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const entry = indices[i]! * 3;
    if (entry >= palette.length) throw new FormatError('This PNG image uses colors that its palette does not have.');
    out.set(palette.subarray(entry, entry + 3), i * 3);
  }
  return out;
}
