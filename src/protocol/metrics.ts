import { familyMetrics, familySamples } from './families/schemas';
import { isPointSet, mixtureOf } from './mixtures';
import type { SpecificationIssue } from './specificationIssues';
import { nearest } from './nearest';
import type { Specification } from './specification';

/** What is measured of samples where the data are a mixture of Gaussians. */
export const MODE_METRICS = ['samples/modes', 'samples/high_quality', 'samples/reverse_kl'] as const;

/** Every tag that an evaluation of the model logs. A trainer's test holds them against what an evaluation gives. */
export function metricsOf(specification: Pick<Specification, 'model' | 'data'>): string[] {
  const { numbered } = familyMetrics(specification.model);
  return [
    ...scalarsOf(specification),
    ...numbered.flatMap(({ prefix, count }) =>
      Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(2, '0')}`),
    ),
  ];
}

function scalarsOf({ model, data }: Pick<Specification, 'model' | 'data'>): readonly string[] {
  const { scalars } = familyMetrics(model);
  const modes = familySamples(model) && isPointSet(data) && mixtureOf(data) !== undefined;
  return modes ? [...scalars, ...MODE_METRICS] : scalars;
}

/** A checkpoint rule that asks for a metric which no evaluation of the model gives: it would keep nothing. */
export function metricIssue(specification: Specification): SpecificationIssue | undefined {
  const metric = specification.checkpoints.keepBest?.metric;
  if (metric === undefined || metricsOf(specification).includes(metric)) return undefined;
  const scalars = scalarsOf(specification);
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
