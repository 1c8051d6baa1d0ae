import type { Neighbours } from '../maths/neighbours';
import type { Pca } from '../maths/pca';
import type { PosteriorStatistics } from '../maths/posterior';
import type { Vectors } from '../maths/vectors';

/** Up to so many points, neighbours are searched exactly: the time of it grows with the square. */
export const MOST_EXACT = 20_000;

/** What the worker is asked; there is one worker a job, so that a job is cancelled by ending its worker. */
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
      /** Where the points begin, in any scale; without it by their principal components. */
      readonly start?: Float32Array;
    }
  /** For measurements alone: k nearest neighbours. */
  | { readonly kind: 'neighbours'; readonly latents: Vectors; readonly k: number; readonly exact: boolean };

export interface JobResults {
  pca: Pca;
  statistics: PosteriorStatistics;
  umap: { readonly positions: Float32Array; readonly exact: boolean };
  tsne: { readonly positions: Float32Array; readonly exact: boolean };
  neighbours: Neighbours;
}

export type JobNews =
  | { readonly type: 'progress'; readonly share: number; readonly activity: string }
  /** The points on their way. */
  | { readonly type: 'positions'; readonly positions: Float32Array }
  | { readonly type: 'done'; readonly result: JobResults[Job['kind']] }
  | { readonly type: 'failed'; readonly message: string };
