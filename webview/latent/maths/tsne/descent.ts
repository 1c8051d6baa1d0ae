import type { Affinities } from './affinities';
import { Quadtree } from './quadtree';

const THETA = 0.5;
const EXAGGERATION = 12;
/** Iterations with exaggerated affinities, in which clusters form, and how many there are in all. */
const EXAGGERATED = 250;
export const TSNE_ITERATIONS = 750;
/** No point moves farther in an iteration. */
const FARTHEST = 5;

/**
 * Gradient descent of t-SNE (van der Maaten and Hinton 2008) with repulsion by Barnes and Hut's tree (van der Maaten
 * 2014), momentum and gains of each coordinate, and the learning rate n / exaggeration (Belkina et al. 2019).
 */
export class TsneDescent {
  readonly positions: Float64Array;
  private readonly velocity: Float64Array;
  private readonly gains: Float64Array;
  private readonly repulsion: Float64Array;
  private readonly tree: Quadtree;
  private readonly rate: number;
  private done = 0;

  /**
   * @param positions [count, 2]: where the points begin; best with a standard deviation of 10⁻⁴ (Kobak and Berens 2019)
   */
  constructor(
    private readonly affinities: Affinities,
    positions: Float32Array,
  ) {
    this.positions = Float64Array.from(positions);
    this.velocity = new Float64Array(positions.length);
    this.gains = new Float64Array(positions.length).fill(1);
    this.repulsion = new Float64Array(positions.length);
    this.tree = new Quadtree(affinities.count);
    this.rate = Math.max(50, affinities.count / EXAGGERATION / 4);
  }

  get iteration(): number {
    return this.done;
  }

  get finished(): boolean {
    return this.done >= TSNE_ITERATIONS;
  }

  step(): void {
    const { positions, velocity, gains } = this;
    const exaggerated = this.done < EXAGGERATED;
    const momentum = exaggerated ? 0.5 : 0.8;
    const gradient = this.gradient(exaggerated ? EXAGGERATION : 1);
    for (let i = 0; i < positions.length; i++) {
      const slope = gradient[i]!;
      // Same direction: larger gain; reversed: smaller gain.
      gains[i] = slope * velocity[i]! < 0 ? gains[i]! + 0.2 : Math.max(0.01, gains[i]! * 0.8);
      const move = momentum * velocity[i]! - this.rate * gains[i]! * slope;
      velocity[i] = Math.max(-FARTHEST, Math.min(FARTHEST, move));
      positions[i]! += velocity[i]!;
    }
    this.center();
    this.done++;
  }

  /** ∂KL/∂y = 4 Σ (exaggeration · p − q) (yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²), as [count, 2]. */
  gradient(exaggeration: number, theta = THETA): Float64Array {
    const { positions, tree, repulsion } = this;
    const { count, starts, others, values } = this.affinities;
    const force = new Float64Array(2);
    let normalizer = 0;
    tree.build(positions);
    for (let i = 0; i < count; i++) {
      normalizer += tree.repulsion(positions[2 * i]!, positions[2 * i + 1]!, theta, force);
      repulsion[2 * i] = force[0]!;
      repulsion[2 * i + 1] = force[1]!;
    }
    const gradient = new Float64Array(positions.length);
    for (let i = 0; i < count; i++) {
      const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
      let [fx, fy] = [0, 0];
      for (let n = starts[i]!; n < starts[i + 1]!; n++) {
        const other = 2 * others[n]!;
        const dx = x - positions[other]!;
        const dy = y - positions[other + 1]!;
        const pull = values[n]! / (1 + dx * dx + dy * dy);
        fx += pull * dx;
        fy += pull * dy;
      }
      gradient[2 * i] = 4 * (exaggeration * fx - repulsion[2 * i]! / normalizer);
      gradient[2 * i + 1] = 4 * (exaggeration * fy - repulsion[2 * i + 1]! / normalizer);
    }
    return gradient;
  }

  private center(): void {
    const { positions } = this;
    const count = positions.length / 2;
    let [x, y] = [0, 0];
    for (let i = 0; i < count; i++) {
      x += positions[2 * i]! / count;
      y += positions[2 * i + 1]! / count;
    }
    for (let i = 0; i < count; i++) {
      positions[2 * i]! -= x;
      positions[2 * i + 1]! -= y;
    }
  }
}
