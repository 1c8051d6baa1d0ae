import type { CheckpointRule } from './checkpointRule';
import type { DataSpecification } from './dataSpecification';
import { familyMetrics, familySamples, type ModelSpecification } from './families/schemas';
import { isPointSet, mixtureOf } from './mixtures';
import type { SpecificationIssue } from './specificationIssues';
import { nearest } from './nearest';
import { DIVERSITY_METRIC, MODE_METRICS } from './sampleMetrics';

/** What decides which metrics there are. */
interface Measured {
  readonly model: ModelSpecification;
  readonly data: DataSpecification;
}

/** Every tag that an evaluation of the model logs; a test of the trainer compares them with the actual ones. */
export function metricsOf(measured: Measured): string[] {
  const { numbered } = familyMetrics(measured.model);
  return [
    ...scalarsOf(measured),
    ...numbered.flatMap(({ prefix, count }) =>
      Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(2, '0')}`),
    ),
  ];
}

function scalarsOf({ model, data }: Measured): readonly string[] {
  const { scalars } = familyMetrics(model);
  const modes = familySamples(model) && isPointSet(data) && mixtureOf(data) !== undefined;
  return modes ? [...scalars.filter((tag) => tag !== DIVERSITY_METRIC), ...MODE_METRICS] : scalars;
}

/** A keep rule for a metric that the model's evaluation does not log, which would never keep a checkpoint. */
export function metricIssue(measured: Measured, checkpoints: CheckpointRule): SpecificationIssue | undefined {
  const metric = checkpoints.keepBest?.metric;
  if (metric === undefined || metricsOf(measured).includes(metric)) return undefined;
  const scalars = scalarsOf(measured);
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
