import type { Vectors } from '../maths/vectors';
import { frameOf, toPlane, type PlaneFrame } from '../projections/plane';
import type { Pixels } from './pixels';

/** Width and height of a picture. */
export const PORTRAYAL_SIDE = 64;
/** Share of the picture around all points. */
const MARGIN = 0.08;
/** Gray of a point that others are compared with, and of several in one pixel. */
const [FAINT, MOST_FAINT] = [45, 110];
/** Radii in pixels of the marked point and of the gap around it. */
const [MARK, GAP] = [4.5, 7];

/** Points as pictures: all generated points, gray on black, and the one that the picture is of in white. */
export class Portrayal {
  private readonly frame: PlaneFrame;
  private readonly base = new Uint8Array(PORTRAYAL_SIDE * PORTRAYAL_SIDE);

  /** @param generated [count, size]; the first two coordinates are shown */
  constructor(generated: Vectors) {
    const positions = planePositions(generated);
    this.frame = frameOf(positions);
    for (let i = 0; i < positions.length; i += 2) {
      const [x, y] = this.pixelOf(positions[i]!, positions[i + 1]!).map(Math.floor) as [number, number];
      const at = y * PORTRAYAL_SIDE + x;
      // False for a point that is not finite, too.
      if (!(at >= 0 && at < this.base.length)) continue;
      this.base[at] = Math.min(MOST_FAINT, this.base[at]! + FAINT);
    }
  }

  /** One outside of the plane that the generated points fill is marked at its edge; one that is not finite is not. */
  picture(point: ArrayLike<number>): Pixels {
    const data = Uint8Array.from(this.base);
    const inside = (value: number) => Math.max(MARK, Math.min(PORTRAYAL_SIDE - MARK, value));
    const [x, y] = this.pixelOf(point[0] ?? 0, point[1] ?? 0).map(inside) as [number, number];
    for (let i = 0; i < data.length; i++) {
      const distance = Math.hypot((i % PORTRAYAL_SIDE) + 0.5 - x, Math.floor(i / PORTRAYAL_SIDE) + 0.5 - y);
      if (distance <= MARK) data[i] = 255;
      else if (distance <= GAP) data[i] = 0;
    }
    return { height: PORTRAYAL_SIDE, width: PORTRAYAL_SIDE, channels: 1, data };
  }

  private pixelOf(x: number, y: number): readonly [number, number] {
    const place = toPlane(this.frame, { x, y });
    const half = (PORTRAYAL_SIDE / 2) * (1 - 2 * MARGIN);
    return [PORTRAYAL_SIDE / 2 + half * place.x, PORTRAYAL_SIDE / 2 - half * place.y];
  }
}

/** The first two coordinates of points, [count, 2]; those of a single coordinate lie on a line. */
export function planePositions({ count, dimensions, data }: Vectors): Float32Array {
  return Float32Array.from({ length: 2 * count }, (_, i) => {
    const d = i % 2;
    return d < dimensions ? data[((i - d) / 2) * dimensions + d]! : 0;
  });
}
