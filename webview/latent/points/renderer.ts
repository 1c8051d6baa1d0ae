import type { Camera } from './camera';

/** Parameters of one frame. */
export interface Frame {
  readonly camera: Camera;
  /** Progress of the animation from the old positions to the new ones, from 0 to 1. */
  readonly progress: number;
  /** Diameter in CSS pixels. */
  readonly size: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  /** Maximum number of drawn points; the first ones are drawn. */
  readonly limit: number;
}

/** Draws the points onto a canvas of its own. */
export interface PointRenderer {
  readonly canvas: HTMLCanvasElement;
  /** Name of the renderer: "WebGL" or "Canvas". */
  readonly name: string;
  /** Sets start and end of the animation, each [count, 2]; both are only read. */
  setPositions(from: Float32Array, to: Float32Array): void;
  /** Red, green, blue and opacity of each point; a point of opacity 0 is not drawn. */
  setColors(colors: Uint8Array): void;
  draw(frame: Frame): void;
  dispose(): void;
}

/** Makes the canvas as large in device pixels as it is on the screen. */
export function fitCanvas(canvas: HTMLCanvasElement, { camera, ratio }: Frame): void {
  const [width, height] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
