export interface Found {
  readonly index: number;
  readonly distance: number;
}

/** Average number of points per cell: few enough to compare all, enough that most searches end in nine cells. */
const POINTS_A_CELL = 4;

/** Finds the points near a place: they lie in the cells of a uniform grid, one after the other in one array. */
export class GridIndex {
  private readonly left: number = 0;
  private readonly bottom: number = 0;
  private readonly cell: number = 1;
  private readonly columns: number = 1;
  private readonly rows: number = 1;
  /** Start of each cell's points in `points`; one more than there are cells. */
  private readonly starts: Int32Array;
  private readonly points: Int32Array;

  /**
   * @param positions [count, 2]; points that are not finite are not found
   * @param accepts points for which it returns false are not found either
   */
  constructor(
    private readonly positions: Float32Array,
    accepts: (index: number) => boolean = () => true,
  ) {
    const count = positions.length / 2;
    const used: number[] = [];
    let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < count; i++) {
      const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
      if (!Number.isFinite(x) || !Number.isFinite(y) || !accepts(i)) continue;
      used.push(i);
      [left, right, bottom, top] = [Math.min(left, x), Math.max(right, x), Math.min(bottom, y), Math.max(top, y)];
    }
    if (used.length > 0) {
      [this.left, this.bottom] = [left, bottom];
      const [width, height] = [right - left, top - bottom];
      const cells = Math.max(1, used.length / POINTS_A_CELL);
      // Collinear points span no area; the cells are then intervals.
      this.cell = Math.max(Math.sqrt((width * height) / cells), Math.max(width, height) / cells) || 1;
      this.columns = Math.floor(width / this.cell) + 1;
      this.rows = Math.floor(height / this.cell) + 1;
    }
    this.starts = new Int32Array(this.columns * this.rows + 1);
    const cells = Int32Array.from(used, (i) => this.cellOf(positions[2 * i]!, positions[2 * i + 1]!));
    for (const cell of cells) this.starts[cell + 1]!++;
    for (let i = 1; i < this.starts.length; i++) this.starts[i]! += this.starts[i - 1]!;
    const next = this.starts.slice();
    this.points = new Int32Array(used.length);
    used.forEach((point, i) => (this.points[next[cells[i]!]!++] = point));
  }

  /** The nearest point within `radius`; undefined if there is none. */
  nearest(x: number, y: number, radius = Infinity): Found | undefined {
    const [found] = this.nearestTo(x, y, 1);
    return found && found.distance <= radius ? found : undefined;
  }

  /**
   * The `count` nearest points, nearest first: searches rings of cells around the position until no closer point is
   * possible.
   */
  nearestTo(x: number, y: number, count: number): Found[] {
    const best: { index: number; distance: number }[] = [];
    if (!Number.isFinite(x) || !Number.isFinite(y) || count < 1) return best;
    const column = clamp(Math.floor((x - this.left) / this.cell), 0, this.columns - 1);
    const row = clamp(Math.floor((y - this.bottom) / this.cell), 0, this.rows - 1);
    const farthest = Math.max(column, this.columns - 1 - column, row, this.rows - 1 - row);
    for (let ring = 0; ring <= farthest; ring++) {
      if (best.length === count && best[count - 1]!.distance <= this.clearance(x, y, column, row, ring)) break;
      this.ring(column, row, ring, (cell) => this.collect(cell, x, y, count, best));
    }
    return best;
  }

  /** Minimum distance of everything outside the rings before `ring`. */
  private clearance(x: number, y: number, column: number, row: number, ring: number): number {
    const inner = ring - 1;
    const left = x - (this.left + (column - inner) * this.cell);
    const right = this.left + (column + inner + 1) * this.cell - x;
    const below = y - (this.bottom + (row - inner) * this.cell);
    const above = this.bottom + (row + inner + 1) * this.cell - y;
    return Math.min(left, right, below, above);
  }

  private ring(column: number, row: number, ring: number, visit: (cell: number) => void): void {
    for (let r = Math.max(0, row - ring); r <= Math.min(this.rows - 1, row + ring); r++) {
      const whole = Math.abs(r - row) === ring;
      const step = whole || ring === 0 ? 1 : 2 * ring;
      for (let c = column - ring; c <= column + ring; c += step) {
        if (c >= 0 && c < this.columns) visit(r * this.columns + c);
      }
    }
  }

  private collect(
    cell: number,
    x: number,
    y: number,
    count: number,
    best: { index: number; distance: number }[],
  ): void {
    for (let i = this.starts[cell]!; i < this.starts[cell + 1]!; i++) {
      const index = this.points[i]!;
      const distance = Math.hypot(this.positions[2 * index]! - x, this.positions[2 * index + 1]! - y);
      if (best.length === count && distance >= best[count - 1]!.distance) continue;
      let at = best.length === count ? count - 1 : best.length;
      for (; at > 0 && best[at - 1]!.distance > distance; at--) best[at] = best[at - 1]!;
      best[at] = { index, distance };
    }
  }

  private cellOf(x: number, y: number): number {
    const column = Math.min(this.columns - 1, Math.floor((x - this.left) / this.cell));
    return Math.min(this.rows - 1, Math.floor((y - this.bottom) / this.cell)) * this.columns + column;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
