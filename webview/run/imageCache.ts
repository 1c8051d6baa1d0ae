import type { ShownImage } from '../../src/protocol/views';
import { ImageError } from '../shared/host';
import { continues } from './playhead';

/** Decoded pixels take four bytes each; this many grids of 448 × 224 are far more than a slider passes in a minute. */
const BUDGET_BYTES = 96 * 1024 * 1024;
const MAXIMUM_PIXELS = 16_777_216;

interface Entry {
  readonly tag: string;
  readonly bitmap: Promise<ImageBitmap>;
  bytes: number;
}

/** Cache of decoded images; the least recently used are evicted when the budget is spent. */
export class ImageCache {
  private readonly entries = new Map<string, Entry>();
  private readonly known = new Map<string, Float64Array>();
  private bytes = 0;

  /** @param request asks the host; rejects with {@link ImageError} */
  constructor(
    private readonly request: (tag: string, step: number) => Promise<ShownImage>,
    private readonly budget = BUDGET_BYTES,
  ) {}

  /** The image of `tag` at `step`. Rejects with {@link ImageError} if it is missing or cannot be shown. */
  get(tag: string, step: number): Promise<ImageBitmap> {
    const key = `${step} ${tag}`;
    const known = this.entries.get(key);
    if (known) {
      // Moves to the end of the map's order, which is the order of use.
      this.entries.delete(key);
      this.entries.set(key, known);
      return known.bitmap;
    }
    const entry: Entry = { tag, bytes: 0, bitmap: this.request(tag, step).then(decodeImage) };
    this.entries.set(key, entry);
    entry.bitmap.then(
      ({ width, height }) => this.account(key, entry, width * height * 4),
      // Failures are not cached: the next request may succeed.
      () => this.entries.get(key) === entry && this.entries.delete(key),
    );
    return entry.bitmap;
  }

  /** Evicts the images of a tag whose log was truncated: the same steps may get other images. */
  noteSteps(tag: string, steps: Float64Array): void {
    const before = this.known.get(tag);
    this.known.set(tag, steps);
    if (before === undefined || continues(before, steps)) return;
    for (const [key, entry] of this.entries) if (entry.tag === tag) this.drop(key, entry);
  }

  private account(key: string, entry: Entry, bytes: number): void {
    if (this.entries.get(key) !== entry) return;
    entry.bytes = bytes;
    this.bytes += bytes;
    for (const [oldKey, old] of this.entries) {
      if (this.bytes <= this.budget || old === entry) break;
      if (old.bytes > 0) this.drop(oldKey, old);
    }
  }

  /** Leaves the bitmap to the garbage collector, since a panel may still draw it. */
  private drop(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.bytes -= entry.bytes;
  }
}

/** Throws {@link ImageError} for an image that is too large or damaged. */
export async function decodeImage(image: ShownImage): Promise<ImageBitmap> {
  if (image.width * image.height > MAXIMUM_PIXELS) {
    throw new ImageError(`The image is too large to show (${image.width} × ${image.height} pixels).`);
  }
  // A copy, because the bytes may be a view into a larger buffer.
  const blob = new Blob([new Uint8Array(image.bytes)], { type: image.mime });
  try {
    return await createImageBitmap(blob);
  } catch {
    throw new ImageError(`The image at step ${image.step} is damaged: it can’t be decoded as ${image.mime}.`);
  }
}
