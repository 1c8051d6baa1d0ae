import { approximateNeighbors } from '../maths/approximateNeighbors';
import { exactNeighbors } from '../maths/exactNeighbors';
import type { Neighbors } from '../maths/neighbors';
import { fitPca, projectPca } from '../maths/pca';
import { normalDraws, seededRandom } from '../maths/random';
import { affinities } from '../maths/tsne/affinities';
import { TsneDescent, TSNE_ITERATIONS } from '../maths/tsne/descent';
import { fitCurve } from '../maths/umap/curve';
import { fuzzySet } from '../maths/umap/fuzzySet';
import { UmapLayout } from '../maths/umap/layout';
import type { Vectors } from '../maths/vectors';
import { MOST_EXACT } from './messages';

const UMAP_NEIGHBORS = 15;
const UMAP_MINIMUM_DISTANCE = 0.1;
/** UMAP's authors take 500 epochs up to 10,000 points, and 200 beyond. */
const MANY_POINTS = 10_000;
const PERPLEXITY = 30;
/** Fewer points have no meaningful neighborhoods and are shown by PCA. */
const FEWEST_POINTS = 4;
/** Interval at which positions are reported. */
const TELL_MILLISECONDS = 90;
/** Approximate share of the neighbor search in the time of a projection. */
const NEIGHBORS_SHARE = 0.2;

export interface Reports {
  progress(share: number, activity: string): void;
  positions(positions: Float32Array): void;
}

interface Result {
  readonly positions: Float32Array;
  /** Whether the neighbor search was exact. */
  readonly exact: boolean;
}

/** An iterative layout. */
interface Steps {
  readonly positions: ArrayLike<number>;
  readonly finished: boolean;
  step(): void;
}

/** UMAP (McInnes, Healy and Melville 2018) with 15 neighbors and a minimum distance of 0.1. */
export function umap(latents: Vectors, start: Float32Array | undefined, reports: Reports): Result {
  if (latents.count < FEWEST_POINTS) return few(latents);
  const { neighbors, exact } = nearest(latents, UMAP_NEIGHBORS, reports);
  const epochs = latents.count <= MANY_POINTS ? 500 : 200;
  const positions = begin(latents, start, 10);
  const layout = new UmapLayout(fuzzySet(neighbors), positions, fitCurve(UMAP_MINIMUM_DISTANCE, 1), epochs);
  run(layout, () => layout.epoch / epochs, `UMAP, ${epochs} epochs`, reports);
  return { positions, exact };
}

/** t-SNE (van der Maaten and Hinton 2008) with a perplexity of 30. */
export function tsne(latents: Vectors, start: Float32Array | undefined, reports: Reports): Result {
  if (latents.count < FEWEST_POINTS) return few(latents);
  const perplexity = Math.min(PERPLEXITY, Math.max(2, (latents.count - 1) / 3));
  const { neighbors, exact } = nearest(latents, Math.floor(3 * perplexity), reports);
  const descent = new TsneDescent(affinities(neighbors, perplexity), begin(latents, start, 3e-4));
  run(descent, () => descent.iteration / TSNE_ITERATIONS, `t-SNE, ${TSNE_ITERATIONS} iterations`, reports);
  return { positions: Float32Array.from(descent.positions), exact };
}

function few(latents: Vectors): Result {
  return { positions: projectPca(fitPca(latents), latents), exact: true };
}

function nearest(
  latents: Vectors,
  wanted: number,
  reports: Reports,
): { readonly neighbors: Neighbors; readonly exact: boolean } {
  const k = Math.min(wanted, latents.count - 1);
  const exact = latents.count <= MOST_EXACT;
  const search = exact ? exactNeighbors : approximateNeighbors;
  const activity = `${exact ? 'nearest' : 'approximate nearest'} neighbors`;
  const neighbors = search(latents, k, (share) => reports.progress(share * NEIGHBORS_SHARE, activity));
  return { neighbors, exact };
}

/** Positions scaled to a box from −size to size, with jitter so that none coincide. */
function begin(latents: Vectors, start: Float32Array | undefined, size: number): Float32Array {
  const positions = start ?? projectPca(fitPca(latents), latents);
  const most = positions.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const noise = normalDraws(positions.length, seededRandom(3));
  return positions.map((value, i) => (size * value) / most + size * 1e-4 * noise[i]!);
}

function run(layout: Steps, share: () => number, activity: string, reports: Reports): void {
  let told = performance.now();
  while (!layout.finished) {
    layout.step();
    if (performance.now() - told < TELL_MILLISECONDS) continue;
    told = performance.now();
    reports.positions(Float32Array.from(layout.positions));
    reports.progress(NEIGHBORS_SHARE + share() * (1 - NEIGHBORS_SHARE), activity);
  }
}
