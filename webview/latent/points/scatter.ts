import { Emitter } from '../../../src/common/emitter';
import { element } from '../../shared/dom';
import type { Theme } from '../../shared/theme';
import { GridIndex } from '../maths/gridIndex';
import { pointsInside, type Place } from '../maths/lasso';
import type { Camera } from './camera';
import { Gestures, type Mode } from './gestures';
import type { Marks } from './marks';
import { Overlay } from './overlay';
import { pointColors, type Looks } from './palette';
import { PointLayer } from './pointLayer';

/** Distance up to which a point is under the pointer. */
const REACH_PIXELS = 14;

export interface SelectionGesture {
  readonly indices: readonly number[];
  readonly how: 'replace' | 'add' | 'remove';
}

/** The visible points and marks. */
export interface Seen {
  /** Places in the plane, [count, 2]. */
  readonly positions: Float32Array;
  /** Red, green, blue and opacity of each. */
  readonly colors: Uint8Array;
  /** Diameter in pixels. */
  readonly size: number;
  readonly camera: Camera;
  readonly marks: Marks;
}

/** The points with their overlay and gestures. Places are in the plane, from −1 to 1. */
export class Scatter {
  readonly node: HTMLElement;
  readonly layer: PointLayer;
  private readonly overlay = new Overlay();
  private readonly gestures: Gestures;
  private readonly hovered = new Emitter<number | undefined>();
  private readonly clicked = new Emitter<number>();
  private readonly probed = new Emitter<Place>();
  private readonly movedOn = new Emitter<void>();
  private readonly enclosed = new Emitter<SelectionGesture>();
  private readonly cancelled = new Emitter<void>();
  private readonly marked = new Emitter<Marks>();
  /** The point under the pointer changed. */
  readonly onHover = this.hovered.event;
  readonly onPick = this.clicked.event;
  readonly onProbe = this.probed.event;
  /** The pointer or the keyboard cursor moves or leaves without decoding. */
  readonly onMoveOn = this.movedOn.event;
  readonly onSelect = this.enclosed.event;
  readonly onCancel = this.cancelled.event;
  /** The marks, each time the overlay is drawn. */
  readonly onMarks = this.marked.event;
  private index: GridIndex | undefined;
  private looks: Looks | undefined;
  private hover: number | undefined;
  private outline: readonly Place[] = [];
  private cursor: Place | undefined;
  private marks: Omit<Marks, 'hovered' | 'outline' | 'cursor'> = { picked: [], path: [] };

  constructor(private theme: Theme) {
    this.layer = new PointLayer();
    this.node = element(
      'div',
      {
        class: 'scatter mode-pan',
        tabindex: 0,
        role: 'application',
        'aria-label': 'Latent points',
        'aria-describedby': 'latent-keys',
      },
      this.layer.node,
      this.overlay.canvas,
    );
    this.gestures = new Gestures(this.node, this.layer.camera, {
      moved: () => this.layer.requestMove(),
      hover: (place) => {
        this.movedOn.fire();
        this.setHover(place && this.nearest(place));
      },
      click: (place) => {
        const index = this.nearest(place);
        if (index !== undefined) this.clicked.fire(index);
      },
      decode: (place) => this.probed.fire(place),
      outline: (outline) => {
        this.outline = outline;
        this.layer.requestFrame();
      },
      select: (outline, how) => this.enclosed.fire({ indices: this.inside(outline), how }),
      cursor: (place) => {
        this.cursor = place;
        this.layer.requestFrame();
      },
      cancel: () => this.cancelled.fire(),
    });
    this.layer.onFrame(() => this.drawOverlay());
  }

  set mode(mode: Mode) {
    this.node.classList.remove(`mode-${this.gestures.mode}`);
    this.gestures.mode = mode;
    this.node.classList.add(`mode-${mode}`);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.layer.requestDraw();
  }

  setPositions(positions: Float32Array, animated: boolean): void {
    this.index = undefined;
    this.layer.setPositions(positions, animated);
  }

  setLooks(looks: Looks): void {
    this.looks = looks;
    this.index = undefined;
    if (this.hover !== undefined && !this.isShown(this.hover)) this.setHover(undefined);
    this.layer.setColors(pointColors(this.layer.count, looks));
  }

  setMarks(marks: typeof this.marks): void {
    this.marks = marks;
    this.layer.requestFrame();
  }

  /** The points nearest to a place, nearest first, without hidden ones. */
  near(place: Place, count: number): ReturnType<GridIndex['nearestTo']> {
    return this.grid.nearestTo(place.x, place.y, count);
  }

  /** Hovers a point. The view is centered on it only if it is out of view. */
  reveal(index: number): void {
    const { camera, target } = this.layer;
    const place = { x: target[2 * index]!, y: target[2 * index + 1]! };
    const { x, y } = camera.toScreen(place);
    if (!(x > 0 && y > 0 && x < camera.width && y < camera.height)) Object.assign(camera, place);
    this.setHover(index);
    this.layer.requestMove();
  }

  /** Brings all points into view. */
  fit(): void {
    this.layer.camera.fit();
    this.layer.requestMove();
  }

  /** The visible content for a figure, without the marks of the pointer. */
  get seen(): Seen {
    const { layer, marks, looks } = this;
    const { target: positions, camera, pointSize: size } = layer;
    const colors = looks ? pointColors(layer.count, looks) : new Uint8Array(0);
    return { positions, colors, size, camera, marks: { ...marks, outline: [] } };
  }

  /** Position of a point in pixels from the corner of {@link node}. */
  onScreen(index: number): Place {
    return this.layer.camera.toScreen(this.layer.place(index));
  }

  /** Position of a place in pixels from the corner of the window. */
  inWindow(place: Place): Place {
    const { left, top } = this.node.getBoundingClientRect();
    const { x, y } = this.layer.camera.toScreen(place);
    return { x: left + x, y: top + y };
  }

  setHover(index: number | undefined): void {
    if (index === this.hover) return;
    this.hover = index;
    this.hovered.fire(index);
    this.layer.requestFrame();
  }

  /** Built on demand, because moving points are rarely looked up. */
  private get grid(): GridIndex {
    this.index ??= new GridIndex(this.layer.target, (index) => this.isShown(index));
    return this.index;
  }

  private isShown(index: number): boolean {
    return this.looks?.shown(this.looks.labels?.[index] ?? 0) ?? true;
  }

  private nearest({ x, y }: Place): number | undefined {
    return this.grid.nearest(x, y, REACH_PIXELS / this.layer.camera.scale)?.index;
  }

  private inside(outline: readonly Place[]): number[] {
    return pointsInside(this.layer.target, outline).filter((index) => this.isShown(index));
  }

  private drawOverlay(): void {
    const { layer, hover, outline, cursor } = this;
    const known = hover !== undefined && hover < layer.count;
    const hovered = known ? layer.place(hover) : undefined;
    const marks = { ...this.marks, hovered, outline, cursor };
    this.overlay.draw(layer.camera, marks, this.theme);
    this.marked.fire(marks);
  }
}
