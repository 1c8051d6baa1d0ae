import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { vectors, type Vectors } from '../../../../webview/latent/maths/vectors';
import { normalDraws, seededRandom } from '../../../../webview/latent/maths/random';

interface Golden {
  readonly count: number;
  readonly dimensions: number;
  readonly k: number;
  readonly perplexity: number;
  readonly curve: readonly [number, number];
  readonly [values: string]: number | readonly number[];
}

const file = path.join(import.meta.dirname, '../../../fixtures/latent-maths/golden.json');
/** What NumPy, SciPy, scikit-learn and umap-learn computed; beside it lies the script that asked them. */
export const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;

export function goldenArray(name: string): readonly number[] {
  return golden[name] as readonly number[];
}

export function goldenLatents(): Vectors {
  return vectors(Float32Array.from(goldenArray('latents')), golden.dimensions);
}

/** The largest difference between two arrays of the same length. */
export function farthest(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  expect(ours.length).toBe(theirs.length);
  return Array.from(ours).reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)), 0);
}

/** Points around `clusters` centers, point i around center i % clusters. */
export function clustered(count: number, dimensions: number, clusters: number, seed = 1): Vectors {
  const random = seededRandom(seed);
  const centers = Array.from({ length: clusters }, () => normalDraws(dimensions, random).map((value) => 4 * value));
  const rows = Array.from({ length: count }, (_, i) =>
    normalDraws(dimensions, random).map((value, d) => centers[i % clusters]![d]! + value),
  );
  return vectors(Float32Array.from(rows.flat()), dimensions);
}
