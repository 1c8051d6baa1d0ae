import { element, setHidden } from '../../shared/dom';
import type { Place } from '../maths/lasso';
import { paint, picture } from '../model/picture';
import type { Pixels } from '../model/pixels';

/** Distances in pixels from the pointer to the image, and from the image to the window's edge. */
const OFFSET = 18;
const MARGIN = 4;

/**
 * The decoded image beside the pointer, shown while its tool is out of view: below the map in a narrow tab, or scrolled
 * away. Screen readers have the tool.
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

  /** A place is being decoded. @param pointer current position of that place in the window */
  follow(pointer: () => Place): void {
    this.pointer = pointer;
    this.place();
  }

  /** Shows the decoded image. @param original the image of the tool */
  show(pixels: Pixels, original: Element): void {
    this.original = original;
    if (!this.pointer) return;
    const needed = !isInSight(original);
    if (needed) paint(this.canvas, pixels);
    setHidden(this.node, !needed);
    this.place();
  }

  /** Follows a movement of the view. */
  place(): void {
    if (!this.pointer || this.node.hidden) return;
    const { x, y } = this.pointer();
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const { clientWidth, clientHeight } = document.documentElement;
    // Beside the pointer at any height: above it, an image at the window's upper edge would cover the pointer.
    const right = x + OFFSET + width + MARGIN <= clientWidth;
    const left = right ? x + OFFSET : Math.max(MARGIN, x - OFFSET - width);
    const top = Math.max(MARGIN, Math.min(clientHeight - height - MARGIN, y - height + OFFSET / 2));
    this.node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /** The column of tools may scroll by itself when the first decoded image enlarges a card above the visible part. */
  private scrolled(what: EventTarget | null): void {
    const withMap = what instanceof Node && what.contains(this.node);
    if (withMap || (this.original && isInSight(this.original))) this.hide();
  }

  hide(): void {
    this.pointer = undefined;
    setHidden(this.node, true);
  }
}

/** Whether all of it is visible: not folded, and within the window and all scrolling ancestors. */
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
