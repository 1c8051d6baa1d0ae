import { PNG_SIGNATURE } from '../../common/pngChunks';
import type { LoggedImage } from '../../protocol/logs';
import type { ShownImage } from '../../protocol/views';

/** The image, or the reason why it is not shown. */
interface ImageAnswer {
  readonly image?: ShownImage;
  readonly problem?: string;
}

/** A browser decodes an image as a whole: 16 megapixels take 64 MB. */
const MOST_PIXELS = 16 * 1024 * 1024;
/** Sending more to a page would block the extension host. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Checks the image itself before it is sent to a page: only PNG and JPEG are accepted, and only up to a size, read from
 * the image's own header, that can be shown. Log files are untrusted, so the size that they declare is ignored.
 */
export function checkImage(logged: LoggedImage): ImageAnswer {
  const { bytes } = logged;
  if (bytes.length > MOST_BYTES) {
    const size = `${Math.round(bytes.length / 1024 / 1024)} MiB`;
    return { problem: `The image takes ${size} in the log, which is too large to show.` };
  }
  const png = pngSize(bytes);
  const size = png ?? jpegSize(bytes);
  if (size === undefined) return { problem: 'The image is neither PNG nor JPEG, so it is not shown.' };
  const { width, height } = size;
  if (width < 1 || height < 1 || width * height > MOST_PIXELS) {
    return { problem: `The image has ${width} × ${height} pixels, which is too large to show.` };
  }
  return { image: { step: logged.step, bytes, mime: png ? 'image/png' : 'image/jpeg', width, height } };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function pngSize(bytes: Uint8Array): Size | undefined {
  if (bytes.length < 24 || PNG_SIGNATURE.some((byte, index) => bytes[index] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Walks the segments to the frame header (ITU T.81, B.2.2). */
function jpegSize(bytes: Uint8Array): Size | undefined {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    const length = view.getUint16(at + 2);
    if (length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
}
