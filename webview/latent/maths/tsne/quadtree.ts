/** Cells per side; points in the same smallest cell count as coincident. */
const BITS = 16;
const SIDE = 2 ** BITS;

/**
 * A quadtree with the number of points and the center of mass of each cell, so that a group of distant points counts as
 * one (Barnes and Hut 1986). The cells are one array in the order of a search, each with the index of the cell that
 * follows its subtree, so that a search is one loop without a stack: at 10,000 points twice as fast as pointers.
 */
export class Quadtree {
  /** The points in order of their cells. */
  private readonly order: Int32Array;
  private readonly codes: Uint32Array;
  private readonly keys: Float64Array;
  private readonly mass: Float64Array;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  /** Squared width; 0 for a leaf. */
  private readonly size: Float64Array;
  /** Index of the first cell after the subtree. */
  private readonly after: Int32Array;
  private cells = 0;

  constructor(private readonly count: number) {
    // Only cells of at least two points are divided, and a cell with one child is replaced by the child.
    const room = 2 * count;
    this.order = new Int32Array(count);
    this.codes = new Uint32Array(count);
    this.keys = new Float64Array(count);
    this.after = new Int32Array(room);
    this.mass = new Float64Array(room);
    this.x = new Float64Array(room);
    this.y = new Float64Array(room);
    this.size = new Float64Array(room);
  }

  /** Rebuilds the tree. @param positions [count, 2], finite */
  build(positions: Float64Array): void {
    const { count, codes, keys, order } = this;
    let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < 2 * count; i += 2) {
      left = Math.min(left, positions[i]!);
      right = Math.max(right, positions[i]!);
      bottom = Math.min(bottom, positions[i + 1]!);
      top = Math.max(top, positions[i + 1]!);
    }
    const width = Math.max(right - left, top - bottom) || 1;
    const scale = (SIDE - 1) / width;
    for (let i = 0; i < count; i++) {
      const column = Math.floor((positions[2 * i]! - left) * scale);
      const row = Math.floor((positions[2 * i + 1]! - bottom) * scale);
      // Code and index in one number of at most 53 bits: numbers sort several times faster than indices by a
      // comparison.
      keys[i] = ((spread(column) | (spread(row) << 1)) >>> 0) * 2 ** 21 + i;
    }
    keys.sort();
    for (let i = 0; i < count; i++) {
      const key = keys[i]!;
      codes[i] = Math.floor(key / 2 ** 21);
      order[i] = key % 2 ** 21;
    }
    this.cells = 0;
    if (count > 0) this.divide(positions, 0, count, BITS, width);
  }

  /**
   * Sums the repulsion on a point at (x, y): with q = 1 / (1 + distance²), `force` gets Σ q² (x − xⱼ, y − yⱼ) and the
   * result is Σ q. A cell counts as one point if its width is below θ times its distance.
   */
  repulsion(x: number, y: number, theta: number, force: Float64Array): number {
    const { cells, mass, size, after } = this;
    const [xs, ys] = [this.x, this.y];
    const limit = theta * theta;
    let [sum, fx, fy, cell] = [0, 0, 0, 0];
    while (cell < cells) {
      const dx = x - xs[cell]!;
      const dy = y - ys[cell]!;
      const square = dx * dx + dy * dy;
      const width = size[cell]!;
      if (width > 0 && width >= limit * square) {
        cell++;
        continue;
      }
      const q = 1 / (1 + square);
      const weight = mass[cell]! * q;
      sum += weight;
      fx += weight * q * dx;
      fy += weight * q * dy;
      cell = after[cell]!;
    }
    force[0] = fx;
    force[1] = fy;
    // The point itself is in the tree, at distance 0.
    return sum - 1;
  }

  /**
   * The cell of the points order[begin, end), whose codes agree above `level` pairs of bits, and all cells inside of
   * it.
   */
  private divide(positions: Float64Array, begin: number, end: number, level: number, width: number): number {
    while (level > 0 && quadrant(this.codes[begin]!, level) === quadrant(this.codes[end - 1]!, level)) {
      level--;
      width /= 2;
    }
    const cell = this.cells++;
    let [x, y] = [0, 0];
    if (level === 0) {
      for (let i = begin; i < end; i++) {
        x += positions[2 * this.order[i]!]!;
        y += positions[2 * this.order[i]! + 1]!;
      }
    } else {
      for (let from = begin; from < end;) {
        const to = this.endOf(from, end, level);
        const child = this.divide(positions, from, to, level - 1, width / 2);
        x += this.x[child]! * (to - from);
        y += this.y[child]! * (to - from);
        from = to;
      }
    }
    const mass = end - begin;
    this.mass[cell] = mass;
    this.x[cell] = x / mass;
    this.y[cell] = y / mass;
    this.size[cell] = level === 0 ? 0 : width * width;
    this.after[cell] = this.cells;
    return cell;
  }

  /** End of the quadrant that begins at `from`. */
  private endOf(from: number, end: number, level: number): number {
    const wanted = quadrant(this.codes[from]!, level);
    let [low, high] = [from + 1, end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (quadrant(this.codes[middle]!, level) === wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The pair of bits at `level`, counted from 1 for the last. */
function quadrant(code: number, level: number): number {
  return (code >>> (2 * (level - 1))) & 3;
}

/** The lower 16 bits with a gap after each (Morton 1966). */
function spread(value: number): number {
  let bits = value;
  bits = (bits | (bits << 8)) & 0x00ff00ff;
  bits = (bits | (bits << 4)) & 0x0f0f0f0f;
  bits = (bits | (bits << 2)) & 0x33333333;
  return (bits | (bits << 1)) & 0x55555555;
}
