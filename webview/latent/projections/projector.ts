import type { Encoding } from '../model/encoding';
import { meanVector, row } from '../maths/vectors';
import { runJob } from './jobs';
import { MOST_EXACT } from './messages';
import type { Pca } from '../maths/pca';
import { dimensionsProjection, mapProjection, pcaProjection, type Projection } from './projection';

/** The chosen projection. */
export interface View {
  readonly kind: 'dimensions' | 'pca' | 'umap' | 'tsne';
  /** The two dimensions, for `dimensions`. */
  readonly dimensions: readonly [number, number];
}

/** A map is computed iteratively, and has neither axes nor an inverse. */
export function isMap(kind: Projection['kind'] | View['kind']): kind is 'umap' | 'tsne' {
  return kind === 'umap' || kind === 'tsne';
}

export interface ProjectListener {
  readonly progress: (share: number, activity: string) => void;
  /** Receives the map while it is computed. */
  readonly passing: (projection: Projection) => void;
  /** The point picked last, which gives the other dimensions of a decoded latent. */
  readonly picked: () => number | undefined;
}

/**
 * Projects the points; in a worker, unless it takes no time.
 * @param before the shown projection, from which maps start, and the last components, whose signs are kept
 * @throws RequestError with code `cancelled` if `signal` aborts
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
  // A map of other weights starts from the current positions, so that points move and do not jump.
  const { shown } = before;
  const start = shown?.kind === kind && shown.positions.length === 2 * latents.count ? shown.positions : undefined;
  const positions = (moving: Float32Array) =>
    listener.passing(mapProjection(kind, latents, moving, latents.count <= MOST_EXACT));
  const made = await runJob<typeof kind>({ kind, latents, start }, { progress, positions }, signal);
  return mapProjection(kind, latents, made.positions, made.exact);
}
