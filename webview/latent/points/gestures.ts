import { boxBetween, type Place } from '../maths/lasso';
import type { Camera } from './camera';

/** The effect of a drag. */
export type Mode = 'pan' | 'lasso' | 'box' | 'decode';

/** Gestures of the user; places are in the plane. */
export interface GestureListener {
  /** The view moved. */
  moved(): void;
  /** The pointer or the keyboard cursor is here; undefined when it left. */
  hover(place: Place | undefined): void;
  /** A click, or Enter. */
  click(place: Place): void;
  decode(place: Place): void;
  /** The outline of a selection while it is drawn; empty at its end. */
  outline(outline: readonly Place[]): void;
  select(outline: readonly Place[], how: 'replace' | 'add' | 'remove'): void;
  /** Place of the keyboard cursor; undefined if there is none. */
  cursor(place: Place | undefined): void;
  /** Escape. */
  cancel(): void;
}

/** A press that moved no farther than this is a click. */
const CLICK_PIXELS = 4;
const STEP_PIXELS = 12;
const LONG_STEP = 60;
const ZOOM_STEP = 1.25;
/** The keyboard cursor keeps this distance from the edge; the view moves instead. */
const MARGIN = 40;

/** Pointer, wheel and keys over the points. */
export class Gestures {
  mode: Mode = 'pan';
  private press: { readonly id: number; readonly at: Place; readonly mode: Mode; moved: boolean } | undefined;
  private last: Place = { x: 0, y: 0 };
  private outline: Place[] = [];
  private cursor: Place | undefined;
  /** Corner of a box that the keyboard draws. */
  private corner: Place | undefined;

  constructor(
    private readonly node: HTMLElement,
    private readonly camera: Camera,
    private readonly listener: GestureListener,
  ) {
    node.addEventListener('pointerdown', (event) => this.down(event));
    node.addEventListener('pointermove', (event) => this.move(event));
    node.addEventListener('pointerup', (event) => this.up(event));
    node.addEventListener('pointercancel', () => this.end());
    node.addEventListener('pointerleave', () => !this.press && this.listener.hover(undefined));
    node.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    node.addEventListener('keydown', (event) => this.key(event));
    node.addEventListener('blur', () => this.setCursor(undefined));
  }

  private down(event: PointerEvent): void {
    if (event.button > 1 || this.press) return;
    this.setCursor(undefined);
    const at = this.place(event);
    const mode = event.button === 1 ? 'pan' : this.mode;
    this.press = { id: event.pointerId, at, mode, moved: false };
    this.last = at;
    this.node.setPointerCapture(event.pointerId);
    if (mode === 'decode') this.listener.decode(this.camera.toPlane(at));
    if (mode === 'lasso') this.outline = [this.camera.toPlane(at)];
  }

  private move(event: PointerEvent): void {
    const at = this.place(event);
    const { press } = this;
    if (!press) return this.listener.hover(this.camera.toPlane(at));
    if (event.pointerId !== press.id) return;
    if (!press.moved && Math.hypot(at.x - press.at.x, at.y - press.at.y) > CLICK_PIXELS) {
      press.moved = true;
      // The hovered point at the start of a drag is irrelevant to it.
      this.listener.hover(undefined);
    }
    if (press.mode === 'decode') return this.listener.decode(this.camera.toPlane(at));
    if (!press.moved) return;
    if (press.mode === 'pan') {
      this.camera.pan(at.x - this.last.x, at.y - this.last.y);
      this.last = at;
      return this.listener.moved();
    }
    if (press.mode === 'box') this.outline = boxBetween(this.camera.toPlane(press.at), this.camera.toPlane(at));
    else if (Math.hypot(at.x - this.last.x, at.y - this.last.y) > 2) {
      this.outline.push(this.camera.toPlane(at));
      this.last = at;
    }
    this.listener.outline(this.outline);
  }

  private up(event: PointerEvent): void {
    const { press, outline } = this;
    if (press?.id !== event.pointerId) return;
    if (!press.moved && press.mode !== 'decode') this.listener.click(this.camera.toPlane(press.at));
    else if (outline.length > 2) this.listener.select(outline, how(event));
    this.end();
  }

  private end(): void {
    this.press = undefined;
    this.corner = undefined;
    this.outline = [];
    this.listener.outline([]);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    // Some systems report lines or pages, and a pinch arrives as a wheel event with the control key.
    const pixels = event.deltaY * (event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? 24 : 240);
    this.camera.zoomBy(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0016)), this.place(event));
    this.listener.moved();
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this.node || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = event.shiftKey ? LONG_STEP : STEP_PIXELS;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => this.step(-step, 0),
      ArrowRight: () => this.step(step, 0),
      ArrowUp: () => this.step(0, -step),
      ArrowDown: () => this.step(0, step),
      '+': () => this.zoom(ZOOM_STEP),
      '=': () => this.zoom(ZOOM_STEP),
      '-': () => this.zoom(1 / ZOOM_STEP),
      '0': () => this.fit(),
      Home: () => this.fit(),
      Enter: () => this.enter(event),
      ' ': () => this.enter(event),
      Escape: () => {
        this.end();
        this.listener.cancel();
      },
    };
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  }

  private fit(): void {
    this.camera.fit();
    this.listener.moved();
  }

  private zoom(factor: number): void {
    const { camera } = this;
    const at = this.cursor ? camera.toScreen(this.cursor) : camera.middle;
    camera.zoomBy(factor, at);
    this.listener.moved();
  }

  /** Moves the keyboard cursor, and the view with it at the edge. */
  private step(right: number, down: number): void {
    const { camera } = this;
    const before = this.cursor ? camera.toScreen(this.cursor) : camera.middle;
    const wanted = { x: before.x + right, y: before.y + down };
    const x = Math.min(camera.width - MARGIN, Math.max(MARGIN, wanted.x));
    const y = Math.min(camera.height - MARGIN, Math.max(MARGIN, wanted.y));
    if (x !== wanted.x || y !== wanted.y) {
      camera.pan(x - wanted.x, y - wanted.y);
      this.listener.moved();
    }
    this.setCursor(camera.toPlane({ x, y }));
  }

  private setCursor(place: Place | undefined): void {
    if (this.cursor === undefined && place === undefined) return;
    this.cursor = place;
    this.listener.cursor(place);
    this.listener.hover(this.mode === 'decode' ? undefined : place);
    if (place === undefined) return;
    if (this.mode === 'decode') this.listener.decode(place);
    if (this.corner) this.listener.outline((this.outline = boxBetween(this.corner, place)));
  }

  /** In the selecting modes, the first press sets a corner of a box and the second selects the points inside. */
  private enter(event: KeyboardEvent): void {
    const at = this.cursor ?? this.camera.toPlane(this.camera.middle);
    if (this.mode === 'pan') return this.listener.click(at);
    // Setting the cursor decodes there, and leaving removes it.
    if (this.mode === 'decode') return this.setCursor(at);
    if (!this.corner) {
      this.corner = at;
      return this.setCursor(at);
    }
    this.listener.select(boxBetween(this.corner, at), how(event));
    this.end();
  }

  private place(event: MouseEvent): Place {
    const { left, top } = this.node.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}

/** Shift adds to a selection, Alt removes from it. */
function how({
  shiftKey,
  altKey,
}: {
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}): 'replace' | 'add' | 'remove' {
  return altKey ? 'remove' : shiftKey ? 'add' : 'replace';
}
