import type { SpecificationIssue } from './specificationIssues';
import { nearest } from './nearest';
import type { ModelSpecification, Specification } from './specification';

/** What an evaluation of a family logs: tags, and tags of one scalar a latent dimension, by what they begin with. */
interface Metrics {
  readonly scalars: readonly string[];
  readonly perDimension: readonly string[];
}

const VARIATIONAL: Metrics = {
  scalars: ['test/negative_elbo', 'test/loss', 'test/reconstruction', 'test/kl', 'latent/active_units'],
  perDimension: ['latent/kl/', 'latent/variance/'],
};

/** By family. A trainer's test holds each row against what an evaluation gives. */
const METRICS: Readonly<Record<ModelSpecification['family'], Metrics>> = {
  vae: VARIATIONAL,
  cvae: VARIATIONAL,
  ae: { scalars: ['test/reconstruction'], perDimension: [] },
};

/** Every tag that an evaluation of the model logs. */
export function metricsOf({ family, latent }: Pick<ModelSpecification, 'family' | 'latent'>): string[] {
  const { scalars, perDimension } = METRICS[family];
  const numbered = (prefix: string) =>
    Array.from({ length: latent }, (_, dimension) => `${prefix}${String(dimension).padStart(2, '0')}`);
  return [...scalars, ...perDimension.flatMap(numbered)];
}

/** A checkpoint rule that asks for a metric which no evaluation of the model gives: it would keep nothing. */
export function metricIssue({ model, checkpoints }: Specification): SpecificationIssue | undefined {
  const metric = checkpoints.keepBest?.metric;
  if (metric === undefined || metricsOf(model).includes(metric)) return undefined;
  const { scalars } = METRICS[model.family];
  const suggestion = nearest(metric, scalars);
  const advice = suggestion === undefined ? `there are ${scalars.join(', ')}` : `did you mean "${suggestion}"?`;
  const keys = ['checkpoints', 'keepBest', 'metric'] as const;
  return {
    keys,
    path: keys.join('.'),
    message: `is no metric that the evaluation of this model gives; ${advice}`,
    ...(suggestion !== undefined && { suggestion }),
  };
}
