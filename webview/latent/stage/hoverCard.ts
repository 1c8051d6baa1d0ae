import { element, setHidden, setText } from '../../shared/dom';
import type { Place } from '../maths/lasso';
import { isLong, nearestRows, row } from '../maths/vectors';
import { paint, picture } from '../model/picture';
import type { Points } from '../model/state';

const NEIGHBORS = 5;
/** Distance from the point in pixels. */
const OFFSET = 14;
/** Rest of the pointer after which work that takes longer than a frame is done. */
const REST_MILLISECONDS = 80;

/** The image of the point under the pointer, and the images whose latents are nearest to its own. */
export class HoverCard {
  private readonly image = picture('Image of the point', 'hover-image');
  private readonly near = Array.from({ length: NEIGHBORS }, () => picture('Image of a neighbor'));
  private readonly caption = element('p', { class: 'number' });
  readonly node = element(
    'div',
    { class: 'hover-card', hidden: true },
    element('div', { class: 'hover-main' }, this.image, this.caption),
    element('div', { class: 'thumbs' }, ...this.near),
  );
  private shown: number | undefined;
  private resting: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param at position of the point, in pixels from the stage's corner
   * @param described receives a description, after a rest if it takes longer than a frame
   */
  show(index: number, points: Points, at: Place, described: (words: string) => void): void {
    clearTimeout(this.resting);
    this.paint(index, points, this.image);
    setText(this.caption, named(index, points));
    this.node.dataset['index'] = String(index);
    const near = () => {
      const others = this.showNear(index, points);
      described(`${named(index, points)}; near ${others}`);
    };
    if (!isLong(points.encoding.latents)) near();
    else {
      if (this.shown !== index) this.near.forEach((canvas) => paint(canvas, undefined));
      this.resting = setTimeout(near, REST_MILLISECONDS);
    }
    this.shown = index;
    setHidden(this.node, false);
    this.place(at);
  }

  /** Repaints after images have arrived. */
  refresh(points: Points, at: (index: number) => Place): void {
    if (this.shown !== undefined) this.show(this.shown, points, at(this.shown), () => undefined);
  }

  /** Follows a movement of the points or the view; hidden while its point is out of view. */
  follow(at: (index: number) => Place): void {
    const stage = this.node.parentElement;
    if (this.shown === undefined || !stage) return;
    const place = at(this.shown);
    const inSight = place.x >= 0 && place.y >= 0 && place.x <= stage.clientWidth && place.y <= stage.clientHeight;
    setHidden(this.node, !inSight);
    if (inSight) this.place(place);
  }

  hide(): void {
    clearTimeout(this.resting);
    this.shown = undefined;
    setHidden(this.node, true);
  }

  /** Places the card to the lower right of the point, or on the other side if there is no room. */
  private place({ x, y }: Place): void {
    const stage = this.node.parentElement;
    if (!stage) return;
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const left = x + OFFSET + width > stage.clientWidth ? x - OFFSET - width : x + OFFSET;
    const top = y + OFFSET + height > stage.clientHeight ? y - OFFSET - height : y + OFFSET;
    this.node.style.transform = `translate(${Math.max(0, Math.round(left))}px, ${Math.max(0, Math.round(top))}px)`;
  }

  /** Paints the nearest neighbors and returns their names. */
  private showNear(index: number, points: Points): string {
    const { latents } = points.encoding;
    const near = nearestRows(latents, row(latents, index), NEIGHBORS, (other) => other === index);
    this.near.forEach((canvas, i) => this.paint(near[i]?.index, points, canvas));
    return near.map((other) => named(other.index, points)).join(', ');
  }

  private paint(index: number | undefined, { images }: Points, canvas: HTMLCanvasElement): void {
    paint(canvas, index === undefined ? undefined : images.get(index));
  }
}

/** "#12 · 7", or "draw 12" */
function named(index: number, { name, className, model }: Points): string {
  const label = className(index);
  return `${model.drawnPrior ? '' : '#'}${name(index)}${label === undefined ? '' : ` · ${label}`}`;
}
