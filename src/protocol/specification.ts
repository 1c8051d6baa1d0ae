import * as z from 'zod';
import './jitless';
import { issueWords } from './issueWords';
import { modelSchema } from './families/schemas';
import { metricIssue } from './metrics';
import { choice, positiveInteger } from './schemaParts';
import { specificationIssues, type SpecificationIssue } from './specificationIssues';
import { trainingSchema, type optimizerSchema } from './trainingSpecification';

/**
 * The specification of an experiment: what a `*.latent.json` file says and what `run.json` stores with every default
 * resolved. Unknown keys are errors, so that a misspelt setting can never be silently ignored.
 */

export const dataSchema = z.strictObject({
  set: choice({
    mnist: 'Handwritten digits, 28×28; they come with the product.',
    idx: 'Files in MNIST’s format (Fashion-MNIST, …) from “path”.',
  })
    .default('mnist')
    .describe('The images.'),
  path: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('Folder with the four idx files; relative to the specification.'),
  binarization: choice({
    none: 'Gray values as they are, taken as probabilities.',
    dynamic: 'Black and white, sampled anew each epoch.',
    static: 'Black and white, sampled once.',
  })
    .default('none')
    .describe('Whether gray values become black and white.'),
  limit: positiveInteger.optional().describe('Use only the first n training and n test images.'),
});

const stepsOrEpoch = z.union([positiveInteger, z.literal('epoch')]);

export const loggingSchema = z.strictObject({
  scalars: positiveInteger.default(10).describe('Log the training losses every so many steps.'),
  images: stepsOrEpoch.default(100).describe('Log reconstructions and samples every so many steps, or each epoch.'),
  evaluate: stepsOrEpoch.default('epoch').describe('Evaluate on the test set every so many steps, or each epoch.'),
  histograms: stepsOrEpoch
    .default('epoch')
    .describe('Log histograms of weights and latents every so many steps, or each epoch.'),
});

export const checkpointsSchema = z.strictObject({
  every: stepsOrEpoch.default('epoch').describe('Write a checkpoint every so many steps, or after each epoch.'),
  keepLast: positiveInteger.default(3).describe('How many of the newest checkpoints are kept.'),
  keepBest: z
    .strictObject({
      metric: z.string().min(1).max(200).describe('Tag of a logged scalar, such as test/negative_elbo.'),
      mode: choice({ min: 'The least is the best.', max: 'The greatest is the best.' })
        .default('min')
        .describe('Which value is the best.'),
    })
    .optional()
    .describe('Also keep the checkpoint that is the best by a metric.'),
  keepEvery: positiveInteger.optional().describe('Also keep one checkpoint of every so many steps.'),
});

export const engineSchema = z.strictObject({
  backend: choice({
    auto: 'Native TensorFlow where it is set up, else WebAssembly.',
    tensorflow: 'Native TensorFlow; an error where it is not set up.',
    wasm: 'WebAssembly: runs anywhere, several times slower.',
  })
    .default('auto')
    .describe('What computes.'),
  mode: z
    .enum(['compiled', 'eager'])
    .default('compiled')
    .describe('compiled: each function is one TensorFlow graph; eager: operation by operation, slower, for debugging.'),
  threads: positiveInteger.max(1024).optional().describe('Threads of one operation; measured when absent.'),
});

export const specificationSchema = z.strictObject({
  $schema: z.string().optional().describe('Where this schema is, for other editors.'),
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      'must be letters, digits, dots, dashes and underscores, and begin with one of the first two, at most 64',
    )
    .optional()
    .describe('Stem of the run’s name; a number is added.'),
  model: modelSchema,
  data: dataSchema.prefault({}).describe('Which images it learns, and how they are prepared.'),
  training: trainingSchema.prefault({}).describe('How long and how it learns.'),
  logging: loggingSchema.prefault({}).describe('How often figures and images are logged.'),
  checkpoints: checkpointsSchema.prefault({}).describe('How often checkpoints are written, and which are kept.'),
  engine: engineSchema.prefault({}).describe('What computes, and with how many threads.'),
});

/** A specification with all defaults resolved. */
export type Specification = z.output<typeof specificationSchema>;
/** A specification as a person writes it. */
export type SpecificationInput = z.input<typeof specificationSchema>;
export type ModelSpecification = Specification['model'];
export type DataSpecification = z.output<typeof dataSchema>;
export { trainingSchema };
export type TrainingSpecification = Specification['training'];
export type OptimizerSpecification = z.output<typeof optimizerSchema>;
export type CheckpointRule = z.output<typeof checkpointsSchema>;

/** Thrown for a specification that cannot be used; the message names every wrong key and what was expected. */
export class SpecificationError extends Error {
  override name = 'SpecificationError';
  constructor(readonly issues: readonly SpecificationIssue[]) {
    super(
      `The specification cannot be used:\n${issues.map((issue) => `  ${issue.path || '(top level)'}: ${issue.message}`).join('\n')}`,
    );
  }
}

/** Decodes a value (JSON already parsed), resolves the defaults. Throws {@link SpecificationError}. */
export function parseSpecification(value: unknown): Specification {
  const result = specificationSchema.safeParse(value, { error: issueWords });
  if (result.success) return result.data;
  throw new SpecificationError(specificationIssues(result.error, specificationSchema, value));
}

/**
 * The same for a run that is about to be made, whose parts must also fit each other. Records and checkpoints of older runs are
 * not held to that: they still open. Throws {@link SpecificationError}.
 */
export function parseNewSpecification(value: unknown): Specification {
  const specification = parseSpecification(value);
  const issue = metricIssue(specification);
  if (issue !== undefined) throw new SpecificationError([issue]);
  return specification;
}
