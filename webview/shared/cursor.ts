import { Emitter } from '../../src/common/emitter';

/** The position of the pointer (or of the arrow keys) on the x axis, shared by all charts of a view. */
export interface CursorPosition {
  readonly x: number;
  /** The chart that the user interacts with; the others follow it. */
  readonly chart: string;
}

export class Cursor {
  private readonly moved = new Emitter<CursorPosition | undefined>();
  private readonly picked = new Emitter<number>();
  readonly onMove = this.moved.event;
  /** The user picked a position on the axis: by a click, or Enter. */
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
