import { element, setHidden, setText } from '../../shared/dom';
import type { Place } from '../maths/lasso';
import { nearestRows, row } from '../maths/vectors';
import { paint, picture } from '../model/picture';
import type { Explored } from '../model/state';

const NEIGHBOURS = 5;
/** From the point, in pixels. */
const OFFSET = 14;

/** The image of the point under the pointer, and the images whose latents are nearest to its own. */
export class HoverCard {
  private readonly image = picture('Image of the point', 'hover-image');
  private readonly near = Array.from({ length: NEIGHBOURS }, () => picture('Image of a neighbour'));
  private readonly caption = element('p', { class: 'number' });
  readonly node = element(
    'div',
    { class: 'hover-card', hidden: true },
    element('div', { class: 'hover-main' }, this.image, this.caption),
    element('div', { class: 'thumbs' }, ...this.near),
  );
  private shown: number | undefined;

  /** @param at where the point is, in pixels from the stage's corner */
  show(index: number, explored: Explored, at: Place): void {
    this.shown = index;
    const { latents } = explored.encoding;
    this.paint(index, explored, this.image);
    const near = nearestRows(latents, row(latents, index), NEIGHBOURS, (other) => other === index);
    this.near.forEach((canvas, i) => this.paint(near[i]?.index, explored, canvas));
    const label = explored.className(index);
    setText(this.caption, `#${explored.name(index)}${label === undefined ? '' : ` · ${label}`}`);
    this.node.dataset['index'] = String(index);
    setHidden(this.node, false);
    this.place(at);
  }

  /** Images have come meanwhile. */
  refresh(explored: Explored, at: (index: number) => Place): void {
    if (this.shown !== undefined) this.show(this.shown, explored, at(this.shown));
  }

  hide(): void {
    this.shown = undefined;
    setHidden(this.node, true);
  }

  /** Right below the point, and on its other side where there is no room. */
  private place({ x, y }: Place): void {
    const stage = this.node.parentElement;
    if (!stage) return;
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const left = x + OFFSET + width > stage.clientWidth ? x - OFFSET - width : x + OFFSET;
    const top = y + OFFSET + height > stage.clientHeight ? y - OFFSET - height : y + OFFSET;
    this.node.style.transform = `translate(${Math.max(0, Math.round(left))}px, ${Math.max(0, Math.round(top))}px)`;
  }

  private paint(index: number | undefined, { images }: Explored, canvas: HTMLCanvasElement): void {
    paint(canvas, index === undefined ? undefined : images.get(index));
  }
}
