import type { Bounds } from './planeData';
import type { Projection } from './planeLayers';
import { clamp } from './interval';

/** Maximum zoom: beyond it, single 32-bit floats or nothing are visible. */
const MOST_ZOOM = 4000;
const LEAST_ZOOM = 0.2;

/** The visible part of a plane: all of it until the user zooms or drags, at the same scale on both axes. */
export class PlaneCamera {
  private center: { readonly x: number; readonly y: number } | undefined;
  private zoom = 1;

  get moved(): boolean {
    return this.center !== undefined;
  }

  reset(): void {
    this.center = undefined;
    this.zoom = 1;
  }

  /** @param place of the plot on the canvas, in CSS pixels */
  project(bounds: Bounds, place: Pick<Projection, 'left' | 'top' | 'width' | 'height' | 'ratio'>): Projection {
    const { x, y } = bounds;
    const fit = Math.min(place.width / (x.highest - x.lowest), place.height / (y.highest - y.lowest));
    const scale = fit * this.zoom;
    const center = this.center ?? { x: (x.lowest + x.highest) / 2, y: (y.lowest + y.highest) / 2 };
    return {
      ...place,
      scale,
      originX: center.x - place.width / 2 / scale,
      originY: center.y + place.height / 2 / scale,
    };
  }

  /** Zooms by a factor around a fixed position on the canvas. */
  zoomAt(projection: Projection, factor: number, at: { readonly x: number; readonly y: number }): void {
    const zoom = clamp(this.zoom * factor, LEAST_ZOOM, MOST_ZOOM);
    const [under, applied] = [fromPixels(projection, at), zoom / this.zoom];
    const center = this.centerOf(projection);
    this.zoom = zoom;
    this.center = {
      x: under.x + (center.x - under.x) / applied,
      y: under.y + (center.y - under.y) / applied,
    };
  }

  /** Moves the visible part by CSS pixels. */
  pan(projection: Projection, right: number, down: number): void {
    const { x, y } = this.centerOf(projection);
    this.center = { x: x - right / projection.scale, y: y + down / projection.scale };
  }

  private centerOf(projection: Projection): { x: number; y: number } {
    const { left, top, width, height } = projection;
    return fromPixels(projection, { x: left + width / 2, y: top + height / 2 });
  }
}

/** The position in the plane of a position on the canvas. */
export function fromPixels(
  { left, top, originX, originY, scale }: Projection,
  { x, y }: { readonly x: number; readonly y: number },
): { x: number; y: number } {
  return { x: originX + (x - left) / scale, y: originY - (y - top) / scale };
}
