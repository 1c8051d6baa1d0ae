import type { Encoding } from '../model/encoding';
import { meanVector } from '../maths/vectors';
import { runJob, type JobListener } from './jobs';
import { baseLatent, dimensionsProjection, mapProjection, pcaProjection, type Projection } from './projection';

/** What is to be shown. */
export interface View {
  readonly kind: 'dimensions' | 'pca' | 'umap' | 'tsne';
  /** For `dimensions`: which two. */
  readonly dimensions: readonly [number, number];
}

/**
 * Projects the points as the view says; in a worker, but for what takes no time.
 * @param before what is shown now: its signs are kept, and maps start from where its points are
 * @throws JobCancelled when `signal` says so
 */
export async function project(
  { latents }: Encoding,
  { kind, dimensions }: View,
  picked: number | undefined,
  before: Projection | undefined,
  listener: JobListener,
  signal: AbortSignal,
): Promise<Projection> {
  if (latents.dimensions <= 2 || kind === 'dimensions') {
    const [first, second] = latents.dimensions <= 2 ? [0, 1] : dimensions;
    return dimensionsProjection(latents, first, second, baseLatent(latents, picked, meanVector(latents)));
  }
  if (kind === 'pca') {
    return pcaProjection(latents, await runJob<'pca'>({ kind, latents }, listener, signal), before?.pca);
  }
  // The same map of other weights starts from where its points are, so that they move and don't jump.
  const start = before?.kind === kind && before.positions.length === 2 * latents.count ? before.positions : undefined;
  const { positions, exact } = await runJob<typeof kind>({ kind, latents, start }, listener, signal);
  return mapProjection(kind, latents, positions, exact);
}
