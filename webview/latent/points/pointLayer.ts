import { Emitter } from '../../../src/common/emitter';
import { element } from '../../shared/dom';
import { Camera } from './camera';
import { CanvasRenderer } from './canvasRenderer';
import type { PointRenderer } from './renderer';
import { WebglRenderer } from './webglRenderer';

const MOVE_MILLISECONDS = 700;
/**
 * During movement, frames slower than the first reduce the number of points, and frames faster than the second raise
 * it.
 */
const SLOW_FRAME = 45;
const QUICK_FRAME = 36;
const FEWEST = 4_000;
/** Time without movement after which all points are drawn. */
const REST_MILLISECONDS = 160;

/** The points on the screen: their renderer, their animation, and how many a frame has time for. */
export class PointLayer {
  readonly node = element('div', { class: 'point-layer' });
  readonly camera = new Camera();
  private readonly drawn = new Emitter<void>();
  private readonly changed = new Emitter<string>();
  /** Fired after each frame, so that the overlay is drawn for the same moment. */
  readonly onFrame = this.drawn.event;
  /** Reports a degradation; empty if there is none. */
  readonly onNotice = this.changed.event;
  private renderer: PointRenderer;
  private from = new Float32Array(0);
  private to = new Float32Array(0);
  private colors = new Uint8Array(0);
  private begun = -Infinity;
  private frame = 0;
  /** Whether the points have to be redrawn. */
  private stale = true;
  private lastFrame = 0;
  private movedAt = -Infinity;
  private limit = Infinity;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private lost = false;
  private last = '';

  constructor() {
    this.renderer = this.webgl() ?? new CanvasRenderer();
    this.node.append(this.renderer.canvas);
    this.node.dataset['drawsWith'] = this.renderer.name;
    new ResizeObserver(() => this.resize()).observe(this.node);
  }

  get count(): number {
    return this.to.length / 2;
  }

  /** Final positions of the points, as [count, 2]. */
  get target(): Float32Array {
    return this.to;
  }

  get moving(): boolean {
    return this.progress < 1;
  }

  /** Current position of a point. */
  place(index: number): { x: number; y: number } {
    const share = this.progress;
    const at = (axis: number) => {
      const begin = this.from[2 * index + axis]!;
      return begin + share * (this.to[2 * index + axis]! - begin);
    };
    return { x: at(0), y: at(1) };
  }

  /** @param positions [count, 2]; if their number changes, the first points keep their identity */
  setPositions(positions: Float32Array, animated: boolean): void {
    const from = new Float32Array(positions);
    const kept = Math.min(this.count, positions.length / 2);
    const glide = animated && kept > 0 && !matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (glide) {
      for (let i = 0; i < kept; i++) {
        const { x, y } = this.place(i);
        from[2 * i] = x;
        from[2 * i + 1] = y;
      }
    }
    this.from = from;
    this.to = new Float32Array(positions);
    this.begun = glide ? performance.now() : -Infinity;
    this.renderer.setPositions(this.from, this.to);
    this.requestDraw();
  }

  setColors(colors: Uint8Array): void {
    this.colors = new Uint8Array(colors);
    this.renderer.setColors(this.colors);
    this.requestDraw();
  }

  /** Draws with the next frame. */
  requestDraw(): void {
    this.stale = true;
    this.requestFrame();
  }

  /** The same if only the overlay has changed. */
  requestFrame(): void {
    this.frame ||= requestAnimationFrame((time) => this.draw(time));
  }

  /** The same after a camera movement: fewer points may be drawn until it rests. */
  requestMove(): void {
    this.movedAt = performance.now();
    this.requestDraw();
  }

  /** Diameter of a point in CSS pixels, which grows with the zoom and shrinks with the number of points. */
  get pointSize(): number {
    const { camera, count } = this;
    const base = count > 20_000 ? 3 : count > 4_000 ? 4 : count > 1_000 ? 5 : 7;
    return Math.min(16, base * Math.max(1, camera.zoom) ** 0.3);
  }

  private get progress(): number {
    const share = Math.min(1, (performance.now() - this.begun) / MOVE_MILLISECONDS);
    return share * share * (3 - 2 * share);
  }

  private draw(time: number): void {
    this.frame = 0;
    const moves = this.moving || performance.now() - this.movedAt < REST_MILLISECONDS;
    if (moves) this.adapt(time - this.lastFrame);
    this.lastFrame = time;
    if (moves || this.stale) this.render(moves ? this.limit : Infinity);
    this.stale = moves;
    this.drawn.fire();
    this.note(moves);
    if (this.moving) return this.requestDraw();
    clearTimeout(this.rest);
    if (moves) this.rest = setTimeout(() => this.requestDraw(), REST_MILLISECONDS);
  }

  private render(limit: number): void {
    const { camera, pointSize: size } = this;
    this.renderer.draw({ camera, progress: this.progress, size, ratio: devicePixelRatio, limit });
  }

  /** @param interval since the previous frame; a pause is not a slow frame */
  private adapt(interval: number): void {
    if (interval > 400) return;
    if (interval > SLOW_FRAME) this.limit = Math.max(FEWEST, Math.min(this.limit, this.count) * 0.75);
    else if (interval < QUICK_FRAME && this.limit < this.count) this.limit = Math.min(this.count, this.limit * 1.15);
  }

  private note(moves: boolean): void {
    const fewer = moves && this.limit < this.count;
    const notices = [
      fewer && `${Math.round(this.limit).toLocaleString('en-US')} points while moving`,
      this.lost && 'The graphics device was lost; drawing without it',
    ];
    const text = notices.filter(Boolean).join(' · ');
    if (text === this.last) return;
    this.last = text;
    this.changed.fire(text);
  }

  private resize(): void {
    this.camera.resize(this.node.clientWidth, this.node.clientHeight);
    this.requestDraw();
  }

  private webgl(): PointRenderer | undefined {
    return WebglRenderer.create(
      () => {
        this.lost = true;
        this.replace(new CanvasRenderer());
      },
      () => this.restore(),
    );
  }

  /** Creates a new context after the loss of the old one, whose content is gone. */
  private restore(): void {
    const renderer = this.webgl();
    if (!renderer) return;
    this.lost = false;
    this.replace(renderer);
  }

  private replace(renderer: PointRenderer): void {
    // The lost canvas must stay alive: only it receives the event of the restored context.
    this.renderer.canvas.remove();
    this.renderer = renderer;
    this.node.append(renderer.canvas);
    this.node.dataset['drawsWith'] = renderer.name;
    renderer.setPositions(this.from, this.to);
    renderer.setColors(this.colors);
    this.requestDraw();
  }
}
