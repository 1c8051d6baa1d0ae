import * as z from 'zod';
import './jitless';
import { dataIssue } from './dataIssue';
import { issueWords } from './issueWords';
import { modelSchema } from './families/schemas';
import { metricIssue } from './metrics';
import { optimizerIssue } from './optimizerNames';
import { withPreset } from './presets';
import { choice, positiveInteger } from './schemaParts';
import { specificationIssues, type SpecificationIssue } from './specificationIssues';
import { trainingSchema, type optimizerSchema } from './trainingSpecification';

/**
 * The specification of an experiment: the contents of a `*.latent.json` file, which `run.json` stores with all defaults
 * resolved. Unknown keys are errors, so that a misspelt setting is never silently ignored.
 */

export const dataSchema = z.strictObject({
  set: choice({
    mnist: 'MNIST handwritten digits, 28×28, included with the extension.',
    idx: 'Files in MNIST’s format (Fashion-MNIST, …) in the folder “path”.',
    ring: 'Points on a plane: Gaussians on a circle of radius 2, labelled by mode.',
    grid: 'Points on a plane: Gaussians on a square grid, 2 apart, labelled by mode.',
    swissRoll: 'Points on a plane: a spiral within the unit circle.',
  })
    .default('mnist')
    .describe('Data set.'),
  path: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('Folder that contains the four idx files, relative to the specification.'),
  binarization: choice({
    none: 'Gray values unchanged, used as probabilities.',
    dynamic: 'Black and white, resampled at every training step.',
    static: 'Black and white, sampled once.',
  })
    .default('none')
    .describe('Binarization of gray values.'),
  limit: positiveInteger.optional().describe('Use only the first n training examples and the first n test examples.'),
  modes: positiveInteger
    .optional()
    .describe('Number of Gaussians of a ring (8 if absent) or a grid (25 if absent; a square number).'),
  deviation: z
    .number()
    .min(0)
    .max(10)
    .optional()
    .describe('Standard deviation of each Gaussian, or of the noise around a spiral: 0.02, of a grid 0.05, if absent.'),
});

const stepsOrEpoch = z.union([positiveInteger, z.literal('epoch')]);

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

export const checkpointsSchema = z.strictObject({
  every: stepsOrEpoch.default('epoch').describe('Write a checkpoint every n steps, or after every epoch.'),
  keepLast: positiveInteger.default(3).describe('Number of the newest checkpoints to keep.'),
  keepBest: z
    .strictObject({
      metric: z.string().min(1).max(200).describe('Tag of a logged scalar, such as test/negative_elbo.'),
      mode: choice({ min: 'Lower is better.', max: 'Higher is better.' })
        .default('min')
        .describe('Whether lower or higher values are better.'),
    })
    .optional()
    .describe('Also keep the best checkpoint by a metric.'),
  keepEvery: positiveInteger.optional().describe('Also keep one checkpoint for every n steps.'),
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
export type DataSpecification = z.output<typeof dataSchema>;
export { trainingSchema };
export type TrainingSpecification = Specification['training'];
export type OptimizerSpecification = z.output<typeof optimizerSchema>;
export type CheckpointRule = z.output<typeof checkpointsSchema>;

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
 * The same for a new run, which has its family's preset besides the defaults and requires that the parts fit each other. Records
 * and checkpoints of older runs are exempt, so that they still open and mean what they did. Throws {@link SpecificationError}.
 */
export function parseNewSpecification(value: unknown): Specification {
  const specification = parseSpecification(withPreset(value));
  const issues = [dataIssue(specification), metricIssue(specification), optimizerIssue(specification)].filter(
    (issue) => issue !== undefined,
  );
  if (issues.length > 0) throw new SpecificationError(issues);
  return specification;
}
