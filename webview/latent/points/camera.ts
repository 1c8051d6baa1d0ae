import type { Place } from '../maths/lasso';

/** Zoom limits: out to twice the full view, in to the resolution of single floats. */
const SMALLEST = 0.25;
const LARGEST = 50_000;

/** Pixels around the points in the full view. */
const MARGIN = 20;

/** The visible part of the plane. In the plane y points up, in CSS pixels down. */
export class Camera {
  /** The place in the plane at the middle of the screen. */
  x = 0;
  y = 0;
  /** Magnification relative to {@link fit}. */
  zoom = 1;
  width = 1;
  height = 1;

  /** Pixels per unit; at zoom 1 the square from −1 to 1 just fits. */
  get scale(): number {
    return (this.zoom * Math.max(1, Math.min(this.width, this.height) - 2 * MARGIN)) / 2;
  }

  /** The pixel where {@link x} and {@link y} are. */
  get middle(): Place {
    return { x: this.width / 2, y: this.height / 2 };
  }

  resize(width: number, height: number): void {
    [this.width, this.height] = [Math.max(1, width), Math.max(1, height)];
  }

  fit(): void {
    [this.x, this.y, this.zoom] = [0, 0, 1];
  }

  toScreen({ x, y }: Place): Place {
    const { middle } = this;
    return { x: middle.x + (x - this.x) * this.scale, y: middle.y - (y - this.y) * this.scale };
  }

  toPlane({ x, y }: Place): Place {
    const { middle } = this;
    return { x: this.x + (x - middle.x) / this.scale, y: this.y - (y - middle.y) / this.scale };
  }

  pan(right: number, down: number): void {
    this.x -= right / this.scale;
    this.y += down / this.scale;
  }

  /** Zooms by `factor` around a fixed position on the screen. */
  zoomBy(factor: number, at: Place): void {
    const before = this.toPlane(at);
    this.zoom = Math.min(LARGEST, Math.max(SMALLEST, this.zoom * factor));
    const after = this.toPlane(at);
    this.x += before.x - after.x;
    this.y += before.y - after.y;
  }
}
