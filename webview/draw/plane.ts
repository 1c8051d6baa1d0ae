import { DRAWING_EXTENT } from '../../src/protocol/drawingLimits';
import { element } from '../shared/dom';
import type { Theme } from '../shared/theme';
import type { Place } from './drawing';

export interface PlaneState {
  readonly points: readonly Place[];
  /** The brush or eraser, if the pointer is over the plane or the plane has the focus. */
  readonly cursor: { readonly place: Place; readonly radius: number; readonly erases: boolean } | undefined;
  readonly theme: Theme;
}

const POINT_RADIUS = 1.6;
/** Distance of grid lines. */
const GRID = 1;

/** The square that is drawn on: x to the right, y upwards, the origin in the middle. */
export class Plane {
  readonly node = element('canvas', {
    ...{ class: 'plane', tabindex: 0, role: 'application', 'aria-label': 'Plane of points, −2 to 2 along each axis' },
    'aria-describedby': 'keys',
  });

  /** Where an event of the pointer is in the plane. */
  placeOf({ clientX, clientY }: Pick<PointerEvent, 'clientX' | 'clientY'>): Place {
    const { left, top, width, height } = this.node.getBoundingClientRect();
    const along = (value: number, length: number) => DRAWING_EXTENT * ((2 * value) / length - 1);
    return [along(clientX - left, width), -along(clientY - top, height)];
  }

  draw({ points, cursor, theme }: PlaneState): void {
    const { node } = this;
    const ratio = window.devicePixelRatio;
    const side = Math.round(node.clientWidth * ratio);
    if (node.width !== side) [node.width, node.height] = [side, side];
    const context = node.getContext('2d');
    if (context === null || side === 0) return;
    const scale = side / (2 * DRAWING_EXTENT);
    const [x, y] = [
      (value: number) => (value + DRAWING_EXTENT) * scale,
      (value: number) => (DRAWING_EXTENT - value) * scale,
    ];
    context.clearRect(0, 0, side, side);
    context.lineWidth = ratio;
    for (let at = -DRAWING_EXTENT + GRID; at < DRAWING_EXTENT; at += GRID) {
      context.strokeStyle = at === 0 ? theme.dim : theme.grid;
      context.globalAlpha = at === 0 && !theme.highContrast ? 0.6 : 1;
      context.beginPath();
      context.moveTo(x(at), 0);
      context.lineTo(x(at), side);
      context.moveTo(0, y(at));
      context.lineTo(side, y(at));
      context.stroke();
    }
    context.globalAlpha = 1;
    context.fillStyle = theme.palette[0]!;
    const size = 2 * POINT_RADIUS * ratio;
    // Squares: many times faster than circles, and of this size they look the same.
    for (const point of points) context.fillRect(x(point[0]) - size / 2, y(point[1]) - size / 2, size, size);
    if (cursor === undefined) return;
    context.strokeStyle = cursor.erases ? theme.warning : theme.foreground;
    context.beginPath();
    context.arc(x(cursor.place[0]), y(cursor.place[1]), Math.max(4 * ratio, cursor.radius * scale), 0, 2 * Math.PI);
    context.moveTo(x(cursor.place[0]) - 3 * ratio, y(cursor.place[1]));
    context.lineTo(x(cursor.place[0]) + 3 * ratio, y(cursor.place[1]));
    context.moveTo(x(cursor.place[0]), y(cursor.place[1]) - 3 * ratio);
    context.lineTo(x(cursor.place[0]), y(cursor.place[1]) + 3 * ratio);
    context.stroke();
  }
}
