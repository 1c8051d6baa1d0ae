import * as z from 'zod';
import './jitless';
import { checkpointsSchema } from './checkpointRule';
import { dataIssue } from './dataIssue';
import { dataSchema } from './dataSpecification';
import { issueWords } from './issueWords';
import { familyIssue, modelSchema } from './families/schemas';
import { metricIssue } from './metrics';
import { optimizerIssue } from './optimizerNames';
import { withPreset } from './presets';
import { choice, positiveInteger, stepsOrEpoch } from './schemaParts';
import { specificationIssues, type SpecificationIssue } from './specificationIssues';
import { trainingSchema, type optimizerSchema } from './trainingSpecification';

export const loggingSchema = z.strictObject({
  scalars: positiveInteger.default(10).describe('Log the training losses every n steps.'),
  images: stepsOrEpoch
    .default(100)
    .describe('Log images, such as samples and reconstructions, and planes of points every n steps, or every epoch.'),
  evaluate: stepsOrEpoch.default('epoch').describe('Evaluate on the test set every n steps, or every epoch.'),
  histograms: stepsOrEpoch
    .default('epoch')
    .describe('Log histograms of weights and latents every n steps, or every epoch.'),
});

export const engineSchema = z.strictObject({
  backend: choice({
    auto: 'Native TensorFlow if it is set up, otherwise WebAssembly.',
    tensorflow: 'Native TensorFlow; an error if it is not set up.',
    wasm: 'WebAssembly: runs anywhere, several times slower.',
  })
    .default('auto')
    .describe('Backend for tensor operations.'),
  mode: z
    .enum(['compiled', 'eager'])
    .default('compiled')
    .describe('compiled: each function is one TensorFlow graph; eager: operation by operation, slower, for debugging.'),
  threads: positiveInteger.max(1024).optional().describe('Threads per operation; if absent, chosen by measurement.'),
});

/**
 * The specification of an experiment: the contents of a `*.latent.json` file, which `run.json` stores with all defaults
 * resolved. Unknown keys are errors, so a misspelled setting is never silently ignored.
 */
export const specificationSchema = z.strictObject({
  $schema: z.string().optional().describe('Location of this schema, for other editors.'),
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      'must be at most 64 letters, digits, dots, dashes and underscores, and begin with a letter or digit',
    )
    .optional()
    .describe('Base name of the run; a number is appended.'),
  model: modelSchema,
  data: dataSchema.prefault({}).describe('Training and test data, and their preprocessing.'),
  training: trainingSchema.prefault({}).describe('Duration, optimizer and schedule of training.'),
  logging: loggingSchema.prefault({}).describe('Frequency of logged scalars, images and histograms.'),
  checkpoints: checkpointsSchema.prefault({}).describe('When checkpoints are written, and which are kept.'),
  engine: engineSchema.prefault({}).describe('Backend, execution mode and number of threads.'),
});

/** A specification with all defaults resolved. */
export type Specification = z.output<typeof specificationSchema>;
/** A specification as written by hand, defaults omitted. */
export type SpecificationInput = z.input<typeof specificationSchema>;
export type ModelSpecification = Specification['model'];
export type { DataSpecification } from './dataSpecification';
export { trainingSchema };
export type { TrainingSpecification } from './trainingSpecification';
export type OptimizerSpecification = z.output<typeof optimizerSchema>;
export type { CheckpointRule } from './checkpointRule';

/** Thrown for an invalid specification; the message names every invalid key and what was expected. */
export class SpecificationError extends Error {
  override name = 'SpecificationError';
  constructor(readonly issues: readonly SpecificationIssue[]) {
    super(
      `The specification cannot be used:\n${issues.map((issue) => `  ${issue.path || '(top level)'}: ${issue.message}`).join('\n')}`,
    );
  }
}

/** Decodes a parsed JSON value and resolves the defaults. Throws {@link SpecificationError}. */
export function parseSpecification(value: unknown): Specification {
  const result = specificationSchema.safeParse(value, { error: issueWords });
  if (result.success) return result.data;
  throw new SpecificationError(specificationIssues(result.error, specificationSchema, value));
}

/**
 * The same for a new run, which also has its family's preset and requires that the parts are consistent. Records and checkpoints of
 * older runs are exempt, so that they can still be opened and mean what they did. Throws {@link SpecificationError}.
 */
export function parseNewSpecification(value: unknown): Specification {
  const specification = parseSpecification(withPreset(value));
  const { model, data, training, checkpoints } = specification;
  const issues = [
    dataIssue(data),
    familyIssue(model, { data, training }),
    metricIssue({ model, data }, checkpoints),
    optimizerIssue(model, training),
  ].filter((issue) => issue !== undefined);
  if (issues.length > 0) throw new SpecificationError(issues);
  return specification;
}
