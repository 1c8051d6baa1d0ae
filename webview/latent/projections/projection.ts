import type { Place } from '../maths/lasso';
import { alignPca, explainedVariance, invertPca, projectPca, type Pca } from '../maths/pca';
import { nearestRows, type Vectors } from '../maths/vectors';
import { weightedLatent } from '../maths/weightedLatents';
import type { Found } from '../maths/gridIndex';

export type ProjectionKind = 'direct' | 'dimensions' | 'pca' | 'umap' | 'tsne';

/** Number of neighbors whose latents are averaged if a projection has no inverse. */
export const WEIGHTED_NEIGHBORS = 8;

/** The points in two dimensions, and the inverse. Places are in the projection's coordinates. */
export interface Projection {
  readonly kind: ProjectionKind;
  /** [count, 2] */
  readonly positions: Float32Array;
  /** A line that describes the axes. */
  readonly axes: string;
  /** Name of each axis. */
  readonly names: readonly [x: string, y: string];
  /** Describes how a place becomes a latent: "inverse PCA". */
  readonly inverse: string;
  /** The mean of a standard normal prior, if it has a place at unit scale. */
  readonly prior?: Place;
  readonly pca?: Pca;
  /** The latent at a place. @param near nearest points, for projections without an inverse */
  invert(place: Place, near: () => readonly Found[]): number[];
  /** The place of a latent, which is approximate on a map. */
  place(latent: readonly number[]): Place;
}

/**
 * Two latent dimensions unchanged; a single one becomes a line.
 * @param base gives the other dimensions of a place's latent; called for each of them
 */
export function dimensionsProjection(
  latents: Vectors,
  first: number,
  second: number,
  base: () => readonly number[],
): Projection {
  const { count, dimensions, data } = latents;
  const positions = new Float32Array(count * 2);
  for (let i = 0; i < count; i++) {
    positions[2 * i] = data[i * dimensions + first]!;
    positions[2 * i + 1] = second < dimensions ? data[i * dimensions + second]! : 0;
  }
  const direct = dimensions <= 2;
  return {
    kind: direct ? 'direct' : 'dimensions',
    positions,
    axes: dimensions === 1 ? 'z₀' : `z${digits(first)} × z${digits(second)}`,
    names: [`z${digits(first)}`, second < dimensions ? `z${digits(second)}` : ''],
    inverse: direct ? 'the latent itself' : 'other dimensions as of the picked image, else their mean',
    prior: { x: 0, y: 0 },
    invert: ({ x, y }) => {
      const latent = [...base()];
      if (second < dimensions) latent[second] = y;
      latent[first] = x;
      return latent;
    },
    place: (latent) => ({ x: latent[first] ?? 0, y: latent[second] ?? 0 }),
  };
}

/** The first two principal components. @param earlier components whose signs are kept */
export function pcaProjection(latents: Vectors, fitted: Pca, earlier?: Pca): Projection {
  const pca = earlier ? alignPca(fitted, earlier) : fitted;
  const [first = 0, second = 0] = explainedVariance(pca);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return {
    kind: 'pca',
    pca,
    positions: projectPca(pca, latents),
    axes: `PC 1 (${percent(first)}) × PC 2 (${percent(second)} of the variance)`,
    names: [`PC 1 (${percent(first)} of the variance)`, `PC 2 (${percent(second)} of the variance)`],
    inverse: 'inverse PCA',
    invert: ({ x, y }) => invertPca(pca, x, y),
    place: (latent) => {
      const [x = 0, y = 0] = projectPca(pca, {
        count: 1,
        dimensions: pca.dimensions,
        data: Float32Array.from(latent),
      });
      return { x, y };
    },
  };
}

/** A map without axes: UMAP or t-SNE. */
export function mapProjection(
  kind: 'umap' | 'tsne',
  latents: Vectors,
  positions: Float32Array,
  exact: boolean,
): Projection {
  const name = kind === 'umap' ? 'UMAP' : 't-SNE';
  return {
    kind,
    positions,
    axes: `${name} · ${exact ? 'exact' : 'approximate'} neighbors · distances between groups mean little`,
    names: [`${name} 1`, `${name} 2`],
    inverse: `weighted latents of the ${WEIGHTED_NEIGHBORS} nearest points`,
    invert: (_, near) => weightedLatent(latents, near()),
    place: (latent) => {
      const near = nearestRows(latents, latent, WEIGHTED_NEIGHBORS);
      const at: Vectors = { count: latents.count, dimensions: 2, data: positions };
      const [x = 0, y = 0] = weightedLatent(at, near);
      return { x, y };
    },
  };
}

/** A number in subscript digits: "z₁₂". Dimensions count from 0, as in tags, arrays and the run tab. */
export function digits(number: number): string {
  return String(number).replace(/\d/g, (digit) => String.fromCodePoint(0x2080 + Number(digit)));
}
