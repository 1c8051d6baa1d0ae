import * as z from 'zod';
import './jitless';
import { issueWords } from './issueWords';
import { metricIssue } from './metrics';
import { choice, layerSize, positiveInteger } from './schemaParts';
import { specificationIssues, type SpecificationIssue } from './specificationIssues';
import { trainingSchema, type optimizerSchema } from './trainingSpecification';

/**
 * The specification of an experiment: what a `*.latent.json` file says and what `run.json` stores with every default
 * resolved. Unknown keys are errors, so that a misspelt setting can never be silently ignored.
 */

export const activationSchema = choice({
  relu: 'max(0, x)',
  tanh: 'tanh x',
  softplus: 'log(1 + exp x), a smooth ReLU',
  elu: 'x where it is positive, else exp x − 1',
});
const activation = activationSchema.default('relu').describe('Nonlinearity after each hidden layer.');

export const networkSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('mlp').describe('Fully connected layers.'),
      hidden: z
        .array(layerSize)
        .max(16)
        .default([400])
        .describe('Units of each hidden layer of the encoder; the decoder mirrors them. None: both are linear.'),
      activation,
    }),
    z.strictObject({
      kind: z.literal('convolutional').describe('4×4 convolutions of stride 2, then one linear layer.'),
      channels: z
        .array(layerSize)
        .min(1)
        .max(16)
        .default([32, 64])
        .describe('Channels of each 4×4 convolution of stride 2; the decoder mirrors them.'),
      activation,
    }),
  ])
  .describe('Architecture of the encoder and, mirrored, of the decoder.');

export const decoderSchema = z
  .discriminatedUnion('likelihood', [
    z.strictObject({
      likelihood: z
        .literal('bernoulli')
        .describe('Each pixel is on with a probability: for (nearly) black and white images.'),
    }),
    z
      .strictObject({
        likelihood: z.literal('gaussian').describe('Each pixel is normally distributed, with a learned σ.'),
        sigma: choice({
          pixel: 'σ of each pixel is a function of z, as its mean is.',
          shared: 'One learned σ for all pixels.',
        })
          .default('pixel')
          .describe('What σ depends on.'),
        minimumLogSigma: z.number().min(-20).max(10).default(-4).describe('Lower bound of the learned log σ.'),
        maximumLogSigma: z.number().min(-20).max(10).default(2).describe('Upper bound of the learned log σ.'),
      })
      .refine((decoder) => decoder.minimumLogSigma < decoder.maximumLogSigma, {
        path: ['minimumLogSigma'],
        message: 'must be less than maximumLogSigma',
      }),
  ])
  .describe('p(x|z): what the decoder gives the parameters of.');

const network = networkSchema.prefault({ kind: 'mlp' });
const latent = positiveInteger.max(4096).default(20).describe('Dimensions of the latent variable z.');
const decoder = decoderSchema.prefault({ likelihood: 'bernoulli' });

export const vaeSchema = z.strictObject({
  family: z.literal('vae').describe('Variational autoencoder: it learns a distribution and can sample.'),
  network,
  latent,
  decoder,
  beta: z.number().min(0).max(10_000).default(1).describe('Weight of the KL term; 1 is the VAE, more is a β-VAE.'),
  samples: positiveInteger.max(64).default(1).describe('L: latent samples drawn for each image and step.'),
});

export const conditionalVaeSchema = vaeSchema.extend({
  family: z.literal('cvae').describe('Conditional VAE: a VAE that is told the label, and draws samples of each.'),
});

export const autoencoderSchema = z.strictObject({
  family: z.literal('ae').describe('Autoencoder: it learns codes and reconstructs; no samples.'),
  network,
  latent,
  reconstruction: choice({
    crossEntropy: 'Cross-entropy of gray values, taken as probabilities.',
    squaredError: 'Squared difference of gray values.',
  })
    .default('crossEntropy')
    .describe('Loss of a pixel.'),
});

export const modelSchema = z
  .discriminatedUnion('family', [vaeSchema, conditionalVaeSchema, autoencoderSchema])
  .describe('What is trained: a family of models and its own settings.');

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
export type VaeSpecification = z.output<typeof vaeSchema>;
export type ConditionalVaeSpecification = z.output<typeof conditionalVaeSchema>;
export type AutoencoderSpecification = z.output<typeof autoencoderSchema>;
export type NetworkSpecification = z.output<typeof networkSchema>;
export type DecoderSpecification = z.output<typeof decoderSchema>;
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
