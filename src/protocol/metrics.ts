import type { CheckpointRule } from './checkpointRule';
import { familyMetrics, type ModelSpecification } from './families/schemas';
import type { SpecificationIssue } from './specificationIssues';
import { nearest } from './nearest';

/** Every tag that an evaluation of the model logs; a test of the trainer compares them with the actual ones. */
export function metricsOf(model: ModelSpecification): string[] {
  const { scalars, numbered } = familyMetrics(model);
  return [
    ...scalars,
    ...numbered.flatMap(({ prefix, count }) =>
      Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(2, '0')}`),
    ),
  ];
}

/** A keep rule for a metric that the model's evaluation does not log, which would never keep a checkpoint. */
export function metricIssue(model: ModelSpecification, checkpoints: CheckpointRule): SpecificationIssue | undefined {
  const metric = checkpoints.keepBest?.metric;
  if (metric === undefined || metricsOf(model).includes(metric)) return undefined;
  const { scalars } = familyMetrics(model);
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
