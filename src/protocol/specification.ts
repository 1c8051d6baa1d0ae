import * as z from 'zod';
import './jitless';

/**
 * The specification of an experiment: what a `*.latent.json` file says and what `run.json` stores with every default
 * resolved. Unknown keys are errors, so that a misspelt setting can never be silently ignored.
 */

const positiveInteger = z.int().min(1);
const layerSize = positiveInteger.max(65_536);

export const activationSchema = z.enum(['relu', 'tanh', 'softplus', 'elu']);

export const networkSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('mlp'),
      hidden: z
        .array(layerSize)
        .max(16)
        .default([400])
        .describe('Units of each hidden layer of the encoder; the decoder mirrors them. None: both are linear.'),
      activation: activationSchema.default('relu'),
    }),
    z.strictObject({
      kind: z.literal('convolutional'),
      channels: z
        .array(layerSize)
        .min(1)
        .max(16)
        .default([32, 64])
        .describe('Channels of each 4×4 convolution of stride 2; the decoder mirrors them.'),
      activation: activationSchema.default('relu'),
    }),
  ])
  .describe('Architecture of the encoder and, mirrored, of the decoder.');

export const decoderSchema = z
  .discriminatedUnion('likelihood', [
    z.strictObject({ likelihood: z.literal('bernoulli') }),
    z
      .strictObject({
        likelihood: z.literal('gaussian'),
        sigma: z
          .enum(['pixel', 'shared'])
          .default('pixel')
          .describe('pixel: σ of each pixel is a function of z, as its mean is; shared: one learned σ for all pixels.'),
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
  family: z.literal('vae'),
  network,
  latent,
  decoder,
  beta: z.number().min(0).max(10_000).default(1).describe('Weight of the KL term; 1 is the VAE, more is a β-VAE.'),
  samples: positiveInteger.max(64).default(1).describe('L: latent samples drawn for each image and step.'),
});

export const autoencoderSchema = z.strictObject({
  family: z.literal('ae'),
  network,
  latent,
  reconstruction: z
    .enum(['crossEntropy', 'squaredError'])
    .default('crossEntropy')
    .describe('Loss of a pixel: cross-entropy of gray values taken as probabilities, or the squared difference.'),
});

export const modelSchema = z.discriminatedUnion('family', [vaeSchema, autoencoderSchema]);

export const dataSchema = z.strictObject({
  set: z
    .enum(['mnist', 'idx'])
    .default('mnist')
    .describe('"mnist" comes with the product; "idx" reads files in MNIST’s format (Fashion-MNIST, …) from `path`.'),
  path: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('Folder with the four idx files; relative to the specification.'),
  binarization: z
    .enum(['none', 'dynamic', 'static'])
    .default('none')
    .describe('none: gray values as probabilities; dynamic: sampled anew each epoch; static: sampled once.'),
  limit: positiveInteger.optional().describe('Use only the first n training and n test images.'),
});

export const optimizerSchema = z.strictObject({
  kind: z.literal('adam').default('adam'),
  learningRate: z.number().gt(0).max(10).default(1e-3),
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.999),
  epsilon: z.number().gt(0).max(1).default(1e-8),
});

export const trainingSchema = z.strictObject({
  epochs: positiveInteger.max(1_000_000).default(10),
  batch: positiveInteger.max(65_536).default(128),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0),
  optimizer: optimizerSchema.prefault({}),
});

const stepsOrEpoch = z.union([positiveInteger, z.literal('epoch')]);

export const loggingSchema = z.strictObject({
  scalars: positiveInteger.default(10).describe('Log the training losses every so many steps.'),
  images: stepsOrEpoch.default(100).describe('Log reconstructions and samples every so many steps, or each epoch.'),
  evaluate: stepsOrEpoch.default('epoch').describe('Evaluate on the test set every so many steps, or each epoch.'),
  histograms: stepsOrEpoch.default('epoch').describe('Log histograms of weights and latents.'),
});

export const checkpointsSchema = z.strictObject({
  every: stepsOrEpoch.default('epoch').describe('Write a checkpoint every so many steps, or after each epoch.'),
  keepLast: positiveInteger.default(3).describe('The newest k checkpoints are kept,'),
  keepBest: z
    .strictObject({ metric: z.string().min(1).max(200), mode: z.enum(['min', 'max']).default('min') })
    .optional()
    .describe('and the best by this metric,'),
  keepEvery: positiveInteger.optional().describe('and one of every n steps.'),
});

export const engineSchema = z.strictObject({
  backend: z
    .enum(['auto', 'tensorflow', 'wasm'])
    .default('auto')
    .describe('auto: native TensorFlow where it is set up, else WebAssembly.'),
  threads: positiveInteger.max(1024).optional().describe('Threads of one operation; measured when absent.'),
});

export const specificationSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dots, dashes and underscores, at most 64')
    .optional()
    .describe('Stem of the run’s name; a number is added.'),
  model: modelSchema,
  data: dataSchema.prefault({}),
  training: trainingSchema.prefault({}),
  logging: loggingSchema.prefault({}),
  checkpoints: checkpointsSchema.prefault({}),
  engine: engineSchema.prefault({}),
});

/** A specification with all defaults resolved. */
export type Specification = z.output<typeof specificationSchema>;
/** A specification as a person writes it. */
export type SpecificationInput = z.input<typeof specificationSchema>;
export type ModelSpecification = Specification['model'];
export type VaeSpecification = z.output<typeof vaeSchema>;
export type AutoencoderSpecification = z.output<typeof autoencoderSchema>;
export type NetworkSpecification = z.output<typeof networkSchema>;
export type DecoderSpecification = z.output<typeof decoderSchema>;
export type DataSpecification = z.output<typeof dataSchema>;
export type OptimizerSpecification = z.output<typeof optimizerSchema>;
export type CheckpointRule = z.output<typeof checkpointsSchema>;

/** Thrown for a specification that cannot be used; the message names every wrong key and what was expected. */
export class SpecificationError extends Error {
  override name = 'SpecificationError';
  constructor(readonly issues: readonly { path: string; message: string }[]) {
    super(
      `The specification cannot be used:\n${issues.map((issue) => `  ${issue.path || '(top level)'}: ${issue.message}`).join('\n')}`,
    );
  }
}

/** Decodes a value (JSON already parsed), resolves the defaults. Throws {@link SpecificationError}. */
export function parseSpecification(value: unknown): Specification {
  const result = specificationSchema.safeParse(value);
  if (result.success) return result.data;
  throw new SpecificationError(
    result.error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message })),
  );
}
