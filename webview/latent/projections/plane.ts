import type { Place } from '../maths/lasso';

/**
 * Maps a projection's coordinates to the plane, where the points fill the square from −1 to 1 at any scale, so that
 * switching between projections moves points and not the camera.
 */
export interface PlaneFrame {
  readonly x: number;
  readonly y: number;
  /** Half the longer side of the points' bounding box. */
  readonly half: number;
}

/** The frame of all finite positions; the square from −1 to 1 if there are none. */
export function frameOf(positions: Float32Array): PlaneFrame {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 2) {
    const x = positions[i]!;
    const y = positions[i + 1]!;
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < bottom) bottom = y;
    if (y > top) top = y;
  }
  if (left > right) return { x: 0, y: 0, half: 1 };
  return { x: (left + right) / 2, y: (bottom + top) / 2, half: Math.max(right - left, top - bottom) / 2 || 1 };
}

export function toPlane({ x, y, half }: PlaneFrame, place: Place): Place {
  return { x: (place.x - x) / half, y: (place.y - y) / half };
}

export function fromPlane({ x, y, half }: PlaneFrame, place: Place): Place {
  return { x: x + place.x * half, y: y + place.y * half };
}

/** All positions on the plane; one that is not finite is moved far out of view. */
export function allToPlane({ x, y, half }: PlaneFrame, positions: Float32Array): Float32Array {
  return positions.map((value, i) => (Number.isFinite(value) ? (value - (i % 2 === 0 ? x : y)) / half : 1e6));
}
