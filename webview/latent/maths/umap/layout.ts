import { seededRandom, type Random } from '../random';
import type { Curve } from './curve';
import { Forces } from './forces';
import type { FuzzySet } from './fuzzySet';

const NEGATIVE_SAMPLES = 5;
/** No point moves farther in one step, in units of the learning rate. */
const CLIP = 4;

/**
 * Fits the memberships of points in the plane to a fuzzy set by stochastic gradient descent on the cross-entropy: pairs
 * are sampled in proportion to their weight, with five negative samples each (McInnes, Healy and Melville 2018,
 * algorithm 5). The learning rate falls linearly from 1 to 0.
 */
export class UmapLayout {
  private done = 0;
  private readonly forces: Forces;
  private readonly every: Float64Array;
  private readonly due: Float64Array;
  private readonly rejectionEvery: Float64Array;
  private readonly rejectionDue: Float64Array;

  /**
   * @param positions [count, 2]: initial positions with a spread of about 10; updated in place
   * @param epochs number of steps
   */
  constructor(
    private readonly set: FuzzySet,
    readonly positions: Float32Array,
    curve: Curve,
    readonly epochs: number,
    private readonly random: Random = seededRandom(1),
  ) {
    this.forces = new Forces(curve);
    const largest = set.weights.reduce((most, weight) => Math.max(most, weight), 0);
    // A pair that would never be sampled is left out.
    this.every = Float64Array.from(set.weights, (weight) => (weight * epochs < largest ? Infinity : largest / weight));
    this.due = this.every.slice();
    this.rejectionEvery = this.every.map((epochs) => epochs / NEGATIVE_SAMPLES);
    this.rejectionDue = this.rejectionEvery.slice();
  }

  get epoch(): number {
    return this.done;
  }

  get finished(): boolean {
    return this.done >= this.epochs;
  }

  /** One epoch: attracts both ends of each sampled pair, and repels them from random points. */
  step(): void {
    const { heads, tails } = this.set;
    const rate = 1 - this.done / this.epochs;
    for (let edge = 0; edge < heads.length; edge++) {
      if (this.due[edge]! > this.done) continue;
      const [head, tail] = [heads[edge]!, tails[edge]!];
      const rejections = Math.floor((this.done - this.rejectionDue[edge]!) / this.rejectionEvery[edge]!) + 1;
      // The set has each pair once, for both directions.
      for (const from of [head, tail]) {
        this.attract(from, from === head ? tail : head, rate);
        for (let n = 0; n < rejections; n++) this.reject(from, rate);
      }
      this.due[edge]! += this.every[edge]!;
      this.rejectionDue[edge]! += Math.max(0, rejections) * this.rejectionEvery[edge]!;
    }
    this.done++;
  }

  private attract(i: number, j: number, rate: number): void {
    const { positions } = this;
    const dx = positions[2 * i]! - positions[2 * j]!;
    const dy = positions[2 * i + 1]! - positions[2 * j + 1]!;
    const square = dx * dx + dy * dy;
    if (square === 0) return;
    const strength = this.forces.attract(square);
    const mx = rate * clip(strength * dx);
    const my = rate * clip(strength * dy);
    positions[2 * i]! += mx;
    positions[2 * i + 1]! += my;
    positions[2 * j]! -= mx;
    positions[2 * j + 1]! -= my;
  }

  private reject(i: number, rate: number): void {
    const { positions } = this;
    const j = Math.floor(this.random() * (positions.length / 2));
    if (i === j) return;
    const dx = positions[2 * i]! - positions[2 * j]!;
    const dy = positions[2 * i + 1]! - positions[2 * j + 1]!;
    const square = dx * dx + dy * dy;
    if (square === 0) {
      positions[2 * i]! += rate * CLIP * (this.random() - 0.5);
      positions[2 * i + 1]! += rate * CLIP * (this.random() - 0.5);
      return;
    }
    const strength = this.forces.reject(square);
    positions[2 * i]! += rate * clip(strength * dx);
    positions[2 * i + 1]! += rate * clip(strength * dy);
  }
}

function clip(value: number): number {
  return value > CLIP ? CLIP : value < -CLIP ? -CLIP : value;
}
