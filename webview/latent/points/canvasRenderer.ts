import { element } from '../../shared/dom';
import { fitCanvas, type Frame, type PointRenderer } from './renderer';

const OPAQUE = 128;

/**
 * Draws points by writing pixels, for systems without WebGL 2: one canvas call for each of 70,000 points would take
 * several times as long, and WebGL in software twice as long. Points are discs without antialiasing or blending; one
 * with an opacity below one half is drawn behind the others.
 */
export class CanvasRenderer implements PointRenderer {
  readonly name = 'Canvas';
  readonly canvas = element('canvas', { class: 'points', 'aria-hidden': 'true' });
  private readonly context = this.canvas.getContext('2d');
  private from = new Float32Array(0);
  private to = new Float32Array(0);
  private colors = new Uint8Array(0);
  private image: ImageData | undefined;

  setPositions(from: Float32Array, to: Float32Array): void {
    [this.from, this.to] = [from as Float32Array<ArrayBuffer>, to as Float32Array<ArrayBuffer>];
  }

  setColors(colors: Uint8Array): void {
    this.colors = colors as Uint8Array<ArrayBuffer>;
  }

  draw(frame: Frame): void {
    const { context, canvas, colors } = this;
    if (!context) return;
    fitCanvas(canvas, frame);
    const { width, height } = canvas;
    if (this.image?.width !== width || this.image.height !== height)
      this.image = context.createImageData(width, height);
    const pixels = new Uint32Array(this.image.data.buffer);
    pixels.fill(0);
    const side = Math.max(1, Math.round(frame.size * frame.ratio));
    const count = Math.min(this.to.length / 2, frame.limit, colors.length / 4);
    const disc = discOf(side, width);
    const place = this.places(frame, side);
    for (let i = 0; i < count; i++) {
      const alpha = colors[4 * i + 3]!;
      if (alpha === 0) continue;
      place(i);
      const { x: left, y: top } = place;
      if (left < 0 || top < 0 || left + side > width || top + side > height) continue;
      // Bytes in the order of memory: red first on the little-endian machines that VS Code runs on.
      const color = (colors[4 * i + 2]! << 16) | (colors[4 * i + 1]! << 8) | colors[4 * i]!;
      const corner = top * width + left;
      if (alpha >= OPAQUE) for (const offset of disc) pixels[corner + offset] = (0xff << 24) | color;
      // A point behind does not cover an existing one.
      else for (const offset of disc) pixels[corner + offset] ||= (alpha << 24) | color;
    }
    context.putImageData(this.image, 0, 0);
  }

  dispose(): void {
    this.canvas.remove();
  }

  /**
   * A function that puts the top left pixel of a point into its own `x` and `y`, so that no object is made for each.
   */
  private places({ camera, progress, ratio }: Frame, side: number): ((i: number) => void) & { x: number; y: number } {
    const { from, to } = this;
    const scale = camera.scale * ratio;
    const originX = camera.middle.x * ratio - side / 2;
    const originY = camera.middle.y * ratio - side / 2;
    const { x: centerX, y: centerY } = camera;
    const place = (i: number) => {
      const x = from[2 * i]! + progress * (to[2 * i]! - from[2 * i]!);
      const y = from[2 * i + 1]! + progress * (to[2 * i + 1]! - from[2 * i + 1]!);
      place.x = Math.round(originX + (x - centerX) * scale);
      place.y = Math.round(originY - (y - centerY) * scale);
    };
    place.x = 0;
    place.y = 0;
    return place;
  }
}

/** Where the pixels of a disc are in an image of that width, from the corner of the square around it. */
function discOf(side: number, width: number): Int32Array {
  const [middle, radius] = [(side - 1) / 2, side / 2];
  const offsets: number[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (Math.hypot(x - middle, y - middle) <= radius) offsets.push(y * width + x);
    }
  }
  return Int32Array.from(offsets);
}
