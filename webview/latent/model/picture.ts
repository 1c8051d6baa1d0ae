import { element } from '../../shared/dom';
import { toImageData, type Pixels } from './pixels';

/** A canvas for images at their own resolution; the style sheet enlarges it without smoothing. */
export function picture(label: string, className = ''): HTMLCanvasElement {
  const canvas = element('canvas', { class: `pixels ${className}`, role: 'img', 'aria-label': label });
  // An empty canvas would be 300 × 150.
  canvas.width = canvas.height = 0;
  return canvas;
}

/** Shows one image, or none. */
export function paint(canvas: HTMLCanvasElement, pixels: Pixels | undefined): void {
  if (!pixels) {
    canvas.width = canvas.height = 0;
    return;
  }
  if (canvas.width !== pixels.width) canvas.width = pixels.width;
  if (canvas.height !== pixels.height) canvas.height = pixels.height;
  canvas.getContext('2d')?.putImageData(toImageData(pixels), 0, 0);
}

/** Shows images side by side, in rows of `columns`, with a transparent pixel between them. */
export function paintGrid(canvas: HTMLCanvasElement, images: readonly Pixels[], columns: number, gap = 1): void {
  const [first] = images;
  if (!first) return paint(canvas, undefined);
  const rows = Math.ceil(images.length / columns);
  canvas.width = Math.min(columns, images.length) * (first.width + gap) - gap;
  canvas.height = rows * (first.height + gap) - gap;
  const context = canvas.getContext('2d');
  images.forEach((image, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    context?.putImageData(toImageData(image), column * (first.width + gap), row * (first.height + gap));
  });
}

/** The canvas as a PNG file's bytes, each pixel enlarged `scale` times. */
export async function toPng(canvas: HTMLCanvasElement, scale = 1): Promise<Uint8Array> {
  const large = new OffscreenCanvas(Math.max(1, canvas.width * scale), Math.max(1, canvas.height * scale));
  const context = large.getContext('2d');
  if (context) {
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, large.width, large.height);
  }
  return new Uint8Array(await (await large.convertToBlob({ type: 'image/png' })).arrayBuffer());
}
