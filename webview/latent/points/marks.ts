import type { Theme } from '../../shared/theme';
import type { Place } from '../maths/lasso';
import type { Camera } from './camera';

/** What lies over the points; places are of the plane. */
export interface Marks {
  /** Circles around the prior's mean, at one, two and three standard deviations. */
  readonly prior?: { readonly center: Place; readonly radii: readonly number[] };
  readonly hovered?: Place;
  /** Points move, so that they are asked for their places. */
  readonly picked: readonly { readonly place: () => Place; readonly letter: string }[];
  /** The decoded latent, and its image encoded again. */
  readonly probe?: Place;
  readonly reencoded?: Place;
  /** From one picked point to the other. */
  readonly path: readonly Place[];
  /** The outline that a selection is drawn with. */
  readonly outline: readonly Place[];
  /** The keyboard's pointer. */
  readonly cursor?: Place;
}

const TURN = 2 * Math.PI;

/** Draws what is few: rings, letters and outlines, in pixels of the camera. */
export class MarksPainter {
  constructor(
    private readonly context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    private readonly camera: Pick<Camera, 'scale' | 'toScreen'>,
    private readonly theme: Theme,
  ) {}

  draw(marks: Marks): void {
    const { context, camera, theme } = this;
    const at = (place: Place) => camera.toScreen(place);
    if (marks.prior) {
      const center = at(marks.prior.center);
      context.setLineDash([3, 4]);
      for (const radius of marks.prior.radii) this.circle(center, radius * camera.scale, theme.dim, 1);
      context.setLineDash([]);
    }
    if (marks.path.length > 1) this.line(marks.path.map(at), false);
    if (marks.probe && marks.reencoded) this.line([at(marks.probe), at(marks.reencoded)], true);
    if (marks.reencoded) this.ring(at(marks.reencoded), 4);
    if (marks.probe) this.cross(at(marks.probe), 8);
    if (marks.hovered) this.ring(at(marks.hovered), 7);
    for (const { place, letter } of marks.picked) this.letter(at(place()), letter);
    if (marks.outline.length > 1) this.area(marks.outline.map(at));
    if (marks.cursor) this.cross(at(marks.cursor), 12);
  }

  private ring(at: Place, radius: number): void {
    this.context.beginPath();
    this.context.arc(at.x, at.y, radius, 0, TURN);
    this.outlined(2);
  }

  /** Draws the path twice, the wider one in the background's color: then it is seen on any point. */
  private outlined(width: number, dashes: number[] = []): void {
    const { context, theme } = this;
    context.strokeStyle = theme.background;
    context.lineWidth = 4;
    context.stroke();
    context.setLineDash(dashes);
    context.strokeStyle = theme.foreground;
    context.lineWidth = width;
    context.stroke();
    context.setLineDash([]);
  }

  private circle({ x, y }: Place, radius: number, color: string, width: number): void {
    const context = this.context;
    context.beginPath();
    context.arc(x, y, radius, 0, TURN);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }

  private cross({ x, y }: Place, size: number): void {
    const context = this.context;
    context.beginPath();
    context.moveTo(x - size, y);
    context.lineTo(x + size, y);
    context.moveTo(x, y - size);
    context.lineTo(x, y + size);
    this.outlined(1.5);
  }

  private letter(at: Place, letter: string): void {
    const context = this.context;
    context.beginPath();
    context.arc(at.x, at.y, 9, 0, TURN);
    context.fillStyle = this.theme.foreground;
    context.fill();
    this.circle(at, 9, this.theme.background, 1.5);
    context.fillStyle = this.theme.background;
    context.font = `600 11px ${this.theme.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(letter, at.x, at.y + 0.5);
  }

  private line(places: readonly Place[], dashed: boolean): void {
    this.trace(places);
    this.outlined(1.5, dashed ? [2, 3] : []);
  }

  private area(places: readonly Place[]): void {
    const context = this.context;
    this.trace(places);
    context.closePath();
    context.globalAlpha = 0.12;
    context.fillStyle = this.theme.accent;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = this.theme.accent;
    context.lineWidth = 1.5;
    context.stroke();
  }

  private trace(places: readonly Place[]): void {
    const context = this.context;
    context.beginPath();
    places.forEach(({ x, y }, i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  }
}
