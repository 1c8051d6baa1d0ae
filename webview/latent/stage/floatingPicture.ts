import { element, setHidden } from '../../shared/dom';
import type { Place } from '../maths/lasso';
import { paint, picture } from '../model/picture';
import type { Pixels } from '../model/pixels';

/** From the pointer to the picture, and from the picture to the window's edge, in pixels. */
const OFFSET = 18;
const MARGIN = 4;

/**
 * The decoded picture beside the pointer, for as long as the tool that it belongs to is out of sight: below the map in a
 * narrow tab, or scrolled away beside it. Who hears the page has the tool.
 */
export class FloatingPicture {
  private readonly canvas = picture('');
  readonly node = element('div', { class: 'floating-picture', 'aria-hidden': 'true', hidden: true }, this.canvas);
  private pointer: (() => Place) | undefined;
  private original: Element | undefined;

  constructor() {
    document.addEventListener('scroll', ({ target }) => this.scrolled(target), { capture: true, passive: true });
    window.addEventListener('resize', () => this.hide());
  }

  /** Something is decoded at the pointer, the keyboard's included. @param pointer where it is in the window, now and later */
  follow(pointer: () => Place): void {
    this.pointer = pointer;
    this.place();
  }

  /** It is decoded. @param original the picture of the tool */
  show(pixels: Pixels, original: Element): void {
    this.original = original;
    if (!this.pointer) return;
    const needed = !isInSight(original);
    if (needed) paint(this.canvas, pixels);
    setHidden(this.node, !needed);
    this.place();
  }

  /** The view may have moved under the pointer, and the keyboard's with it. */
  place(): void {
    if (!this.pointer || this.node.hidden) return;
    const { x, y } = this.pointer();
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const { clientWidth, clientHeight } = document.documentElement;
    // Beside it, whatever the height: above, a picture at the window's upper edge would be pushed over the pointer.
    const right = x + OFFSET + width + MARGIN <= clientWidth;
    const left = right ? x + OFFSET : Math.max(MARGIN, x - OFFSET - width);
    const top = Math.max(MARGIN, Math.min(clientHeight - height - MARGIN, y - height + OFFSET / 2));
    this.node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /** The column of tools scrolls by itself, too, when what was decoded first makes a card higher that is above what is seen. */
  private scrolled(what: EventTarget | null): void {
    const withMap = what instanceof Node && what.contains(this.node);
    if (withMap || (this.original && isInSight(this.original))) this.hide();
  }

  hide(): void {
    this.pointer = undefined;
    setHidden(this.node, true);
  }
}

/** Whether all of it is seen: not folded away, nor out of the window or of what scrolls around it. */
function isInSight(node: Element): boolean {
  const { left, top, right, bottom, width } = node.getBoundingClientRect();
  if (width === 0) return false;
  const { clientWidth, clientHeight } = document.documentElement;
  if (top < 0 || left < 0 || bottom > clientHeight || right > clientWidth) return false;
  for (let around = node.parentElement; around; around = around.parentElement) {
    if (getComputedStyle(around).overflowY === 'visible') continue;
    const frame = around.getBoundingClientRect();
    if (top < frame.top || bottom > frame.bottom) return false;
  }
  return true;
}
