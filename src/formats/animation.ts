import { crc32 } from 'node:zlib';
import type { Bitmap } from './grid';
import { packedPixels, pngHeader } from './png';
import { concatenate, PNG_SIGNATURE, pngChunk } from '../common/pngChunks';

/** Fields of a frame's control chunk that hold 16 bits. */
const MOST_MILLISECONDS = 65_535;
const HOLD_MILLISECONDS = 1000;

/**
 * Encodes frames as an animated PNG (PNG specification, third edition, 4.9), repeated indefinitely. It can be logged as any
 * image: browsers, and so TensorBoard, play it.
 *
 * Readers that know no animations see the last frame, the finished image, which is stored once more in front as a default
 * image outside the animation. The last frame is held for a second or more, so that it can be looked at.
 *
 * Throws a RangeError for no frames, for frames of different sizes and for delays outside 1 … 65,535 ms.
 */
export function encodeAnimation(frames: readonly Bitmap[], millisecondsPerFrame: number): Uint8Array {
  const last = frames.at(-1);
  if (last === undefined) throw new RangeError('An animation has at least one frame.');
  const { width, height, channels } = last;
  if (frames.some((frame) => frame.width !== width || frame.height !== height || frame.channels !== channels)) {
    throw new RangeError('The frames of an animation are of one size.');
  }
  const delay = Math.round(millisecondsPerFrame);
  if (!(delay >= 1 && delay <= MOST_MILLISECONDS)) {
    throw new RangeError(`A frame cannot be shown for ${millisecondsPerFrame} milliseconds.`);
  }
  const finished = packedPixels(last);
  let sequence = 0;
  const moving = frames.flatMap((frame) => {
    const milliseconds = frame === last ? Math.max(delay, HOLD_MILLISECONDS) : delay;
    const control = frameControl(sequence++, frame, milliseconds);
    const pixels = frame === last ? finished : packedPixels(frame);
    return [pngChunk('fcTL', control, crc32), pngChunk('fdAT', concatenate([bigEndian(sequence++), pixels]), crc32)];
  });
  return concatenate([
    PNG_SIGNATURE,
    pngChunk('IHDR', pngHeader(last), crc32),
    pngChunk('acTL', bigEndian(frames.length, 0), crc32),
    pngChunk('IDAT', finished, crc32),
    ...moving,
    pngChunk('IEND', new Uint8Array(0), crc32),
  ]);
}

/** A whole frame that replaces the one before it. */
function frameControl(sequence: number, { width, height }: Bitmap, milliseconds: number): Uint8Array {
  const control = new Uint8Array(26);
  control.set(bigEndian(sequence, width, height));
  const view = new DataView(control.buffer);
  view.setUint16(20, milliseconds);
  view.setUint16(22, 1000);
  return control;
}

function bigEndian(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint32(4 * index, value));
  return bytes;
}
