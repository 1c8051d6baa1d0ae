import { Emitter } from '../../src/common/emitter';
import { DRAWING_EXTENT, MOST_DRAWN } from '../../src/protocol/drawingLimits';

/** States that *Undo* can return to. */
const MOST_UNDONE = 100;

export type Place = readonly [x: number, y: number];

/** The points that are drawn, and what can be undone. */
export class Drawing {
  private points: readonly Place[] = [];
  private readonly before: (readonly Place[])[] = [];
  private readonly changed = new Emitter<undefined>();
  readonly onChange = this.changed.event;

  get all(): readonly Place[] {
    return this.points;
  }

  get canUndo(): boolean {
    return this.before.length > 0;
  }

  get isFull(): boolean {
    return this.points.length >= MOST_DRAWN;
  }

  /** x and y of each point, one after the other. */
  get coordinates(): number[] {
    return this.points.flat();
  }

  /** Begins a stroke: *Undo* takes back what follows as one. */
  begin(): void {
    if (this.before.at(-1) === this.points) return;
    this.before.push(this.points);
    if (this.before.length > MOST_UNDONE) this.before.shift();
  }

  /** Ends a stroke; one that changed nothing is forgotten. */
  end(): void {
    if (this.before.at(-1) !== this.points) return;
    this.before.pop();
    this.changed.fire(undefined);
  }

  /** Adds those points that are in the plane, while there is room. */
  add(places: readonly Place[]): void {
    const inside = places.filter((place) => place.every((value) => Math.abs(value) <= DRAWING_EXTENT));
    this.set([...this.points, ...inside.slice(0, MOST_DRAWN - this.points.length)]);
  }

  /** Removes the points within a distance. */
  erase([x, y]: Place, radius: number): void {
    const kept = this.points.filter((point) => Math.hypot(point[0] - x, point[1] - y) > radius);
    if (kept.length < this.points.length) this.set(kept);
  }

  clear(): void {
    if (this.points.length === 0) return;
    this.begin();
    this.set([]);
  }

  undo(): void {
    const points = this.before.pop();
    if (points !== undefined) this.set(points);
  }

  /** Restores the points of an earlier page; what is no coordinate is left out. */
  restore(coordinates: unknown): void {
    if (!Array.isArray(coordinates)) return;
    const values: unknown[] = coordinates;
    const places: Place[] = [];
    for (let at = 0; at + 1 < values.length; at += 2) {
      const [x, y] = values.slice(at, at + 2);
      if (typeof x === 'number' && typeof y === 'number') places.push([x, y]);
    }
    this.add(places);
  }

  private set(points: readonly Place[]): void {
    this.points = points;
    this.changed.fire(undefined);
  }
}
