import { familyOptimizers, type ModelSpecification } from './families/schemas';
import { nearest } from './nearest';
import type { SpecificationIssue } from './specificationIssues';
import type { TrainingSpecification } from './trainingSpecification';

/** Settings for an optimizer that the model does not have, and that would be ignored. */
export function optimizerIssue(
  model: ModelSpecification,
  training: TrainingSpecification,
): SpecificationIssue | undefined {
  const known = familyOptimizers(model);
  const unknown = Object.keys(training.optimizers ?? {}).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const suggestion = nearest(unknown, known);
  const others =
    known.length === 0 ? 'this model has one, whose settings are those of training' : `there are ${known.join(', ')}`;
  const advice = suggestion === undefined ? others : `did you mean "${suggestion}"?`;
  const keys = ['training', 'optimizers', unknown] as const;
  return { keys, path: keys.join('.'), message: `is no optimizer of this model; ${advice}` };
}
