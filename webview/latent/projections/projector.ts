import type { Encoding } from '../model/encoding';
import { meanVector, row } from '../maths/vectors';
import { runJob } from './jobs';
import { MOST_EXACT } from './messages';
import type { Pca } from '../maths/pca';
import { dimensionsProjection, mapProjection, pcaProjection, type Projection } from './projection';

/** What is to be shown. */
export interface View {
  readonly kind: 'dimensions' | 'pca' | 'umap' | 'tsne';
  /** For `dimensions`: which two. */
  readonly dimensions: readonly [number, number];
}

/** A map has no axes, is made in many steps, and has no inverse. */
export function isMap(kind: Projection['kind'] | View['kind']): kind is 'umap' | 'tsne' {
  return kind === 'umap' || kind === 'tsne';
}

export interface ProjectListener {
  readonly progress: (share: number, activity: string) => void;
  /** The map as it stands while it is made. */
  readonly passing: (projection: Projection) => void;
  /** The point that was picked last: of it are the dimensions that are not shown. */
  readonly picked: () => number | undefined;
}

/**
 * Projects the points as the view says; in a worker, but for what takes no time.
 * @param before what is shown now, where maps start from, and the components that were shown last, whose signs are kept
 * @throws RequestError with code `cancelled` when `signal` says so
 */
export async function project(
  { latents }: Encoding,
  { kind, dimensions }: View,
  before: { readonly shown: Projection | undefined; readonly pca: Pca | undefined },
  listener: ProjectListener,
  signal: AbortSignal,
): Promise<Projection> {
  if (latents.dimensions <= 2 || kind === 'dimensions') {
    const mean = Array.from(meanVector(latents));
    const base = () => {
      const picked = listener.picked();
      return picked === undefined || picked >= latents.count ? mean : Array.from(row(latents, picked));
    };
    const last = latents.dimensions - 1;
    const [first, second] = latents.dimensions <= 2 ? [0, 1] : dimensions.map((each) => Math.min(each, last));
    return dimensionsProjection(latents, first!, second!, base);
  }
  const { progress } = listener;
  if (kind === 'pca') {
    return pcaProjection(latents, await runJob<'pca'>({ kind, latents }, { progress }, signal), before.pca);
  }
  // The same map of other weights starts from where its points are, so that they move and don't jump.
  const { shown } = before;
  const start = shown?.kind === kind && shown.positions.length === 2 * latents.count ? shown.positions : undefined;
  const positions = (moving: Float32Array) =>
    listener.passing(mapProjection(kind, latents, moving, latents.count <= MOST_EXACT));
  const made = await runJob<typeof kind>({ kind, latents, start }, { progress, positions }, signal);
  return mapProjection(kind, latents, made.positions, made.exact);
}
