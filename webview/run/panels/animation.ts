import type { ShownImage } from '../../../src/protocol/views';
import { ValueError } from '../../shared/host';
import { decodeImage } from './imageCache';
import { splitAnimation, type AnimationFrame } from './splitAnimation';

/** Decoded frames per animation. */
const BUDGET_BYTES = 64 * 1024 * 1024;

/** The frames of an animated PNG, decoded on demand. Any other image is an animation of one frame. */
export class Animation {
  private readonly decoded = new Map<number, Promise<ImageBitmap>>();
  private readonly most: number;

  private constructor(
    readonly step: number,
    readonly bytes: number,
    private readonly size: { readonly width: number; readonly height: number },
    private readonly frames: readonly AnimationFrame[],
    private readonly still: ImageBitmap | undefined,
  ) {
    this.most = Math.max(2, Math.floor(BUDGET_BYTES / (4 * size.width * size.height)));
  }

  /** Throws {@link ValueError} for an image that is too large or damaged. */
  static async of(image: ShownImage): Promise<Animation> {
    const { width, height, bytes, step, mime } = image;
    const frames = mime === 'image/png' ? splitAnimation(bytes) : [];
    const still = frames.length === 0 ? await decodeImage(image) : undefined;
    return new Animation(step, bytes.length, { width, height }, frames, still);
  }

  get length(): number {
    return Math.max(1, this.frames.length);
  }

  /** Display time of a frame in milliseconds. */
  delay(index: number): number {
    return this.frames[index]?.milliseconds ?? 1000;
  }

  /** Rejects with {@link ValueError} for a damaged frame. */
  frame(index: number): Promise<ImageBitmap> {
    if (this.still !== undefined) return Promise.resolve(this.still);
    const known = this.decoded.get(index);
    const found = known ?? this.compose(index);
    // A Map iterates in insertion order, which is kept as the order of use.
    this.decoded.delete(index);
    this.decoded.set(index, found);
    if (this.decoded.size > this.most) this.decoded.delete(this.decoded.keys().next().value!);
    return found;
  }

  /**
   * Frames that do not cover the whole image are drawn over what the previous one leaves (PNG specification, third
   * edition, 11.3.4.2); ours always cover it.
   */
  private async compose(index: number): Promise<ImageBitmap> {
    const { width, height } = this.size;
    const frame = this.frames[index]!;
    const whole = frame.width === width && frame.height === height;
    if (whole && (frame.blend === 'source' || index === 0)) return this.pixelsOf(frame);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d')!;
    if (index > 0) context.drawImage(await this.leftBy(index - 1), 0, 0);
    if (frame.blend === 'source') context.clearRect(frame.x, frame.y, frame.width, frame.height);
    context.drawImage(await this.pixelsOf(frame), frame.x, frame.y);
    return createImageBitmap(canvas);
  }

  /** The canvas contents that the next frame is drawn over. */
  private async leftBy(index: number): Promise<ImageBitmap | OffscreenCanvas> {
    const { dispose, x, y, width, height } = this.frames[index]!;
    if (dispose === 'none') return this.frame(index);
    const canvas = new OffscreenCanvas(this.size.width, this.size.height);
    const context = canvas.getContext('2d')!;
    if (dispose === 'background') {
      context.drawImage(await this.frame(index), 0, 0);
      context.clearRect(x, y, width, height);
    } else if (index > 0) context.drawImage(await this.leftBy(index - 1), 0, 0);
    return canvas;
  }

  private async pixelsOf({ png }: AnimationFrame): Promise<ImageBitmap> {
    try {
      return await createImageBitmap(new Blob([png], { type: 'image/png' }));
    } catch {
      throw new ValueError(`A frame of the animation at step ${this.step} is damaged.`);
    }
  }
}
