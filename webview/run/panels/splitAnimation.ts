import { concatenate, PNG_SIGNATURE, pngChunk } from '../../../src/common/pngChunks';
import { ValueError } from '../../shared/host';

/** One frame of an animated PNG, as a PNG of its own. */
export interface AnimationFrame {
  readonly png: Uint8Array<ArrayBuffer>;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly milliseconds: number;
  readonly dispose: 'none' | 'background' | 'previous';
  readonly blend: 'source' | 'over';
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

const MOST_FRAMES = 4096;
/** Browsers also treat shorter delays as mistakes. */
const LEAST_MILLISECONDS = 10;
const DEFAULT_MILLISECONDS = 100;
/** Chunks between header and pixels that every frame needs: palette, transparency and color space. */
const SHARED = new Set(['PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT']);

/**
 * The frames of an animated PNG (PNG specification, third edition, 11.3.4), none of an ordinary one. Pixels are not
 * decoded and checksums are not checked, since the browser does both for each frame. Throws {@link ValueError} for
 * damaged files.
 */
export function splitAnimation(bytes: Uint8Array): AnimationFrame[] {
  const chunks = readChunks(bytes);
  const header = chunks[0];
  if (header?.type !== 'IHDR' || header.data.length !== 13) throw damaged();
  const [width, height] = [uint32(header.data, 0), uint32(header.data, 4)];
  const shared = chunks.filter(({ type }) => SHARED.has(type));
  if (!chunks.some(({ type }) => type === 'acTL')) return [];
  const frames: AnimationFrame[] = [];
  let control: Uint8Array | undefined;
  let pixels: Uint8Array[] = [];
  const finish = (): void => {
    if (control === undefined) return;
    if (pixels.length === 0) throw damaged();
    frames.push(frameOf({ control, pixels, shared, header: header.data, width, height }));
    if (frames.length > MOST_FRAMES) throw new ValueError(`The animation has more than ${MOST_FRAMES} frames.`);
  };
  for (const { type, data } of chunks) {
    if (type === 'fcTL') {
      finish();
      if (data.length !== 26) throw damaged();
      [control, pixels] = [data, []];
    } else if (type === 'IDAT' && control !== undefined) pixels.push(data);
    else if (type === 'fdAT') {
      if (control === undefined || data.length < 4) throw damaged();
      pixels.push(data.subarray(4));
    }
  }
  finish();
  return frames;
}

function frameOf(parts: {
  readonly control: Uint8Array;
  readonly pixels: readonly Uint8Array[];
  readonly shared: readonly Chunk[];
  readonly header: Uint8Array;
  readonly width: number;
  readonly height: number;
}): AnimationFrame {
  const { control, pixels, shared, header } = parts;
  const [width, height, x, y] = [4, 8, 12, 16].map((at) => uint32(control, at)) as [number, number, number, number];
  if (width < 1 || height < 1 || x + width > parts.width || y + height > parts.height) throw damaged();
  const own = header.slice();
  own.set(control.subarray(4, 12));
  const png = concatenate([
    PNG_SIGNATURE,
    pngChunk('IHDR', own, crc32),
    ...shared.map(({ type, data }) => pngChunk(type, data, crc32)),
    ...pixels.map((data) => pngChunk('IDAT', data, crc32)),
    pngChunk('IEND', new Uint8Array(0), crc32),
  ]);
  const [counter, denominator] = [20, 22].map((at) => (control[at]! << 8) | control[at + 1]!) as [number, number];
  const milliseconds = (1000 * counter) / (denominator || 100);
  return {
    ...{ png, x, y, width, height },
    milliseconds: milliseconds < LEAST_MILLISECONDS ? DEFAULT_MILLISECONDS : milliseconds,
    dispose: (['none', 'background', 'previous'] as const)[control[24]!] ?? 'none',
    blend: control[25] === 1 ? 'over' : 'source',
  };
}

function readChunks(bytes: Uint8Array): Chunk[] {
  if (PNG_SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw damaged();
  const chunks: Chunk[] = [];
  for (let at = PNG_SIGNATURE.length; at + 12 <= bytes.length;) {
    const end = at + 8 + uint32(bytes, at);
    if (end + 4 > bytes.length) throw damaged();
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks.push({ type, data: bytes.subarray(at + 8, end) });
    if (type === 'IEND') return chunks;
    at = end + 4;
  }
  throw damaged();
}

function damaged(): ValueError {
  return new ValueError('The animation is damaged: it can’t be split into frames.');
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}

const crcs = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** The CRC of PNG (annex D of its specification). */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcs[(crc ^ byte) & 255]!;
  return ~crc >>> 0;
}
