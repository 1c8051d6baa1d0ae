import { uniforms } from '../engine/random/philox';
import type { Drawn, Summary } from './model';
import { rowsOf, type RowFunction } from './rows';

/** What is drawn of a plane: both axes, from the lowest to the greatest value. The layers of its panel declare the same. */
export interface PlaneBounds {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Cells along an axis: finer than what a small network computes. */
const CELLS = 48;
/** Arrows along an axis that can still be told apart. */
const ARROWS = 15;
const HISTOGRAM = 1000;
/** The seed and stream of draws that are the same at each step. */
const [SEED, MIXTURE] = [0, 0x5000_0002];

/**
 * A function of points as a field, such as a critic's score or a density: [48, 48] at the centres of cells, the lowest row first.
 *
 * @param of a function [count, 2] → [count]
 */
export function field(tag: string, of: RowFunction, bounds: PlaneBounds): Summary {
  return {
    ...{ tag, due: 'images', functions: [of.function] },
    *draw(easel) {
      const values = yield* rowsOf(easel, of, cellCenters(CELLS, bounds), CELLS * CELLS);
      return { kind: 'tensor', shape: [CELLS, CELLS], values };
    },
  };
}

/**
 * A field of vectors as arrows from the centres of 15 × 15 cells, such as a score's gradient or a velocity. The longest of a step is as
 * long as a cell is wide: arrows compare with each other, and not across steps.
 *
 * @param of a function [count, 2] → [count, 2]
 */
export function arrows(tag: string, of: RowFunction, bounds: PlaneBounds): Summary {
  return {
    ...{ tag, due: 'images', functions: [of.function] },
    *draw(easel) {
      const count = ARROWS * ARROWS;
      const points = cellCenters(ARROWS, bounds);
      const vectors = yield* rowsOf(easel, of, points, count);
      return arrowsAt(points, vectors, (bounds.x[1] - bounds.x[0]) / ARROWS);
    },
  };
}

/** Vectors [n, 2] at points [n, 2] as arrows [n, 4], to one scale: the longest has that length, and vectors of 0 have none. */
export function arrowsAt(points: Float32Array, vectors: Float32Array, length: number): Drawn {
  const count = points.length / 2;
  let longest = Number.MIN_VALUE;
  for (let at = 0; at < 2 * count; at += 2) longest = Math.max(longest, Math.hypot(vectors[at]!, vectors[at + 1]!));
  const values = new Float32Array(4 * count);
  for (let row = 0; row < count; row++) {
    const at = 2 * row;
    values.set(points.subarray(at, at + 2), 4 * row);
    values.set([(length * vectors[at]!) / longest, (length * vectors[at + 1]!) / longest], 4 * row + 2);
  }
  return { kind: 'tensor', shape: [count, 4], values };
}

/**
 * How a function's values are distributed over a thousand test examples or samples, such as a critic's scores.
 *
 * @param of a function [count, …] → [count]
 */
export function distribution(tag: string, of: RowFunction, over: 'test' | 'samples'): Summary {
  return {
    ...{ tag, due: 'histograms', functions: [of.function] },
    *draw(easel) {
      const tests = over === 'test' ? easel.test(HISTOGRAM) : undefined;
      const examples = tests?.examples ?? (yield* easel.samples(HISTOGRAM, HISTOGRAM));
      return { kind: 'histogram', values: yield* rowsOf(easel, of, examples, HISTOGRAM, tests?.labels) };
    },
  };
}

/**
 * How a function's values are distributed between data and samples, at ε x + (1 − ε) x' with one ε ~ U[0, 1) for each pair of a test example
 * and a sample (Gulrajani et al. 2017), such as the length of a critic's gradient.
 *
 * @param of a function [count, …] → [count]
 */
export function distributionBetween(tag: string, of: RowFunction): Summary {
  return {
    ...{ tag, due: 'histograms', functions: [of.function] },
    *draw(easel) {
      const { examples } = easel.test(HISTOGRAM);
      const samples = yield* easel.samples(HISTOGRAM, HISTOGRAM);
      const mixture = uniforms(HISTOGRAM, SEED, MIXTURE, 0);
      const size = examples.length / HISTOGRAM;
      const between = samples.map((sample, i) => sample + mixture[Math.floor(i / size)]! * (examples[i]! - sample));
      return { kind: 'histogram', values: yield* rowsOf(easel, of, between, HISTOGRAM) };
    },
  };
}

/** Row by row from the lowest: [side · side, 2] */
function cellCenters(side: number, { x, y }: PlaneBounds): Float32Array {
  const at = ([from, to]: readonly [number, number], index: number) => from + ((to - from) * (index + 0.5)) / side;
  return Float32Array.from({ length: 2 * side * side }, (_, i) =>
    i % 2 === 0 ? at(x, (i / 2) % side) : at(y, Math.floor((i - 1) / 2 / side)),
  );
}
