import { Emitter } from '../../src/common/emitter';

/** Where the pointer (or the arrow keys) is on the x axis; one for all charts of a view. */
export interface CursorPosition {
  readonly x: number;
  /** The chart that the person is at; the others follow it. */
  readonly chart: string;
}

export class Cursor {
  private readonly moved = new Emitter<CursorPosition | undefined>();
  private readonly picked = new Emitter<number>();
  readonly onMove = this.moved.event;
  /** A place on the axis was chosen to stay at: a click, or Enter. */
  readonly onPick = this.picked.event;
  private current: CursorPosition | undefined;

  get position(): CursorPosition | undefined {
    return this.current;
  }

  move(position: CursorPosition | undefined): void {
    if (this.current?.x === position?.x && this.current?.chart === position?.chart) return;
    this.current = position;
    this.moved.fire(position);
  }

  pick(x: number): void {
    this.picked.fire(x);
  }
}
