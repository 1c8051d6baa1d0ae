export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Whether a point is inside a closed polygon, by the parity of a ray's crossings. */
export function insidePolygon(polygon: readonly Place[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [a, b] = [polygon[i]!, polygon[j]!];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** The indices of the points inside a polygon, ascending. @param positions [count, 2] */
export function pointsInside(positions: Float32Array, polygon: readonly Place[]): number[] {
  if (polygon.length < 3) return [];
  const [xs, ys] = [polygon.map(({ x }) => x), polygon.map(({ y }) => y)];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
  const found: number[] = [];
  for (let i = 0; i < positions.length / 2; i++) {
    const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
    if (x < left || x > right || y < bottom || y > top) continue;
    if (insidePolygon(polygon, x, y)) found.push(i);
  }
  return found;
}

/** The corners of the box between two opposite ones. */
export function boxBetween(a: Place, b: Place): Place[] {
  return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
}
