import type { Panel } from '../protocol/panels';
import { SIZES, type ModelContext } from './context';
import type { Summary } from './model';
import * as summaries from './summaries';

/** What a model of a latent space is looked at with: what is logged, and the panels that show it. */
export interface Views {
  readonly summaries: readonly Summary[];
  readonly panels: readonly Panel[];
}

/** A larger covariance has cells that nobody can tell apart, and takes long to compute. */
const LARGEST_COVARIANCE = 128;
/** What N(0, I) hardly ever leaves. */
const PRIOR_BOUNDS = { x: [-4, 4], y: [-4, 4] } satisfies { x: [number, number]; y: [number, number] };

/** What the model makes of examples: grids of images, or a plane of points. The functions are called `reconstruct` and `decode`. */
export function exampleViews(
  { data }: Pick<ModelContext, 'data'>,
  { samples, latent, classes }: { readonly samples: boolean; readonly latent: number; readonly classes?: number },
): Views {
  if (data.kind === 'image') {
    return {
      summaries: [
        summaries.reconstructions('reconstruct', SIZES.reconstruct),
        ...(samples ? [summaries.samples()] : []),
      ],
      panels: [
        { kind: 'images', title: 'Reconstructions', tag: 'reconstructions' },
        ...(samples ? [{ kind: 'images', title: 'Samples', tag: 'samples' } as const] : []),
      ],
    };
  }
  if (data.size !== 2) return { summaries: [], panels: [] };
  // A grid of latents has one image for each class; it is drawn where there is but one.
  const manifold = latent === 2 && classes === undefined;
  return {
    summaries: [
      summaries.testPoints(),
      ...(manifold ? [summaries.manifold('decode', SIZES.decode)] : []),
      summaries.reconstructionArrows('reconstruct', SIZES.reconstruct),
      ...(samples ? [summaries.samplePoints()] : []),
    ],
    panels: [
      {
        kind: 'plane',
        title: 'Data and model',
        axes: ['x₁', 'x₂'],
        layers: [
          { kind: 'points', tag: 'points/data', label: 'Data' },
          ...(manifold ? [{ kind: 'grid', tag: 'points/manifold', label: 'Decoded latent grid' } as const] : []),
          { kind: 'arrows', tag: 'points/reconstructions', label: 'Reconstructions' },
          ...(samples ? [{ kind: 'points', tag: 'points/samples', label: 'Samples' } as const] : []),
        ],
      },
    ],
  };
}

/** Where q(z|x) = N(μ, diag σ²) puts the data, beside the prior N(0, I). */
export function gaussianLatentViews(latent: number): Views {
  const pairs = latent > 1 && latent <= LARGEST_COVARIANCE;
  return joined(latentPlane(latent, PRIOR_BOUNDS), {
    summaries: [
      summaries.aggregatePosterior(),
      summaries.standardNormalPrior(),
      ...(pairs ? [summaries.posteriorCovariance(latent)] : []),
    ],
    panels: [
      {
        kind: 'histograms',
        title: 'Aggregate posterior and prior',
        quantity: 'z, all dimensions',
        series: [
          { tag: 'latent/aggregate_posterior', label: 'q(z)' },
          { tag: 'latent/prior', label: 'p(z)' },
        ],
      },
      ...(pairs ? [COVARIANCE] : []),
    ],
  });
}

/** Where an encoder without a prior puts the data. */
export function codeViews(latent: number): Views {
  return joined(latentPlane(latent), {
    summaries: [],
    panels: [
      {
        kind: 'histograms',
        title: 'Codes',
        quantity: 'z, all dimensions',
        series: [{ tag: 'latent/mean', label: 'z' }],
      },
    ],
  });
}

export function joined(...views: readonly Views[]): Views {
  return {
    summaries: views.flatMap((each) => each.summaries),
    panels: views.flatMap((each) => each.panels),
  };
}

/** @param bounds what is shown at first; without them, what the codes fill */
function latentPlane(latent: number, bounds?: typeof PRIOR_BOUNDS): Views {
  if (latent !== 2) return { summaries: [summaries.encodingMeans()], panels: [] };
  return {
    summaries: [summaries.encodingMeans(), summaries.latentPoints()],
    panels: [
      {
        kind: 'plane',
        title: 'Latent plane',
        axes: ['z₁', 'z₂'],
        bounds,
        layers: [{ kind: 'points', tag: 'latent/points', label: 'Encoded test data' }],
      },
    ],
  };
}

const COVARIANCE = {
  kind: 'matrix',
  title: 'Covariance of the aggregate posterior',
  tag: 'latent/covariance',
  axes: { rows: 'dimension', columns: 'dimension' },
  unit: '',
  scale: 'diverging',
} as const satisfies Panel;
