import type { Place } from '../maths/lasso';

/** Twice a whole view of the points is as far out as one gets, and a pixel of single floats as far in. */
const SMALLEST = 0.25;
const LARGEST = 50_000;

/** Pixels around the points where all of them are shown. */
const MARGIN = 20;

/** Which part of the plane is on the screen: the plane's x goes right and y up, pixels (CSS) right and down. */
export class Camera {
  /** Of the plane, in the middle of the screen. */
  x = 0;
  y = 0;
  /** How many times the points are enlarged over {@link fit}. */
  zoom = 1;
  width = 1;
  height = 1;

  /** Pixels for one unit: at zoom 1 the square from −1 to 1 just fits. */
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

  /** Enlarges by `factor` around a place of the screen, which stays where it is. */
  zoomBy(factor: number, at: Place): void {
    const before = this.toPlane(at);
    this.zoom = Math.min(LARGEST, Math.max(SMALLEST, this.zoom * factor));
    const after = this.toPlane(at);
    this.x += before.x - after.x;
    this.y += before.y - after.y;
  }
}
