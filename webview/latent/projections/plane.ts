import type { Place } from '../maths/lasso';

/**
 * Where a projection's numbers lie on the screen's plane: its points fill the square from −1 to 1, whatever their scale, so
 * that switching between projections moves points and not the camera.
 */
export interface PlaneFrame {
  readonly x: number;
  readonly y: number;
  /** Half the longer side of what the points take. */
  readonly half: number;
}

/** Around all positions that are finite; the square from −1 to 1 where there are none. */
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

/** All positions on the plane; one that is not finite goes far away. */
export function allToPlane({ x, y, half }: PlaneFrame, positions: Float32Array): Float32Array {
  return positions.map((value, i) => (Number.isFinite(value) ? (value - (i % 2 === 0 ? x : y)) / half : 1e6));
}
