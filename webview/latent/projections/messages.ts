import type { Neighbors } from '../maths/neighbors';
import type { Pca } from '../maths/pca';
import type { PosteriorStatistics } from '../maths/posterior';
import type { Vectors } from '../maths/vectors';

/** Up to this number of points the neighbor search is exact; its time grows with the square. */
export const MOST_EXACT = 20_000;

/** A job of a worker. Each job has a worker of its own, so that terminating the worker cancels it. */
export type Job =
  | { readonly kind: 'pca'; readonly latents: Vectors }
  | {
      readonly kind: 'statistics';
      readonly latents: Vectors;
      readonly logVariances?: Float32Array;
      /** Whether the model has a prior. */
      readonly prior: boolean;
    }
  | {
      readonly kind: 'umap' | 'tsne';
      readonly latents: Vectors;
      /** Initial positions at any scale; by default the principal components. */
      readonly start?: Float32Array;
    }
  /** For measurements only: k nearest neighbors. */
  | { readonly kind: 'neighbors'; readonly latents: Vectors; readonly k: number; readonly exact: boolean };

export interface JobResults {
  pca: Pca;
  statistics: PosteriorStatistics;
  umap: { readonly positions: Float32Array; readonly exact: boolean };
  tsne: { readonly positions: Float32Array; readonly exact: boolean };
  neighbors: Neighbors;
}

export type JobNews =
  | { readonly type: 'progress'; readonly share: number; readonly activity: string }
  /** Intermediate positions. */
  | { readonly type: 'positions'; readonly positions: Float32Array }
  | { readonly type: 'done'; readonly result: JobResults[Job['kind']] }
  | { readonly type: 'failed'; readonly message: string };
