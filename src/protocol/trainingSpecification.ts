import * as z from 'zod';
import './jitless';
import { choice, positiveInteger, seedSchema } from './schemaParts';

const learningRate = z.number().gt(0).max(10).describe('Learning rate.');
const fraction = z.number().min(0).lt(1);
const epsilon = z.number().gt(0).max(1).describe('Added to the denominator of an update, for numerical stability.');
const moments = {
  learningRate: learningRate.default(1e-3),
  beta1: fraction.default(0.9).describe('Decay rate of the first moment (mean of the gradients).'),
  beta2: fraction.default(0.999).describe('Decay rate of the second moment (mean of the squared gradients).'),
  epsilon: epsilon.default(1e-8),
};

export const optimizerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('adam').default('adam').describe('Adam (Kingma and Ba, 2015).'), ...moments }),
  z.strictObject({
    kind: z.literal('adamw').describe('Adam with decoupled weight decay (Loshchilov and Hutter, 2019).'),
    ...moments,
    weightDecay: z
      .number()
      .min(0)
      .max(1)
      .default(0.01)
      .describe('Weight decay coefficient, multiplied by the learning rate.'),
  }),
  z.strictObject({
    kind: z.literal('sgd').describe('Plain stochastic gradient descent.'),
    learningRate: learningRate.default(0.01),
  }),
  z.strictObject({
    kind: z.literal('momentum').describe('Stochastic gradient descent with momentum (Sutskever et al., 2013).'),
    learningRate: learningRate.default(0.01),
    momentum: fraction.default(0.9).describe('Momentum: the fraction of the velocity kept at each update.'),
    nesterov: z.boolean().default(false).describe('Use Nesterov momentum.'),
  }),
  z.strictObject({
    kind: z.literal('rmsprop').describe('RMSProp (Tieleman and Hinton, 2012).'),
    learningRate: learningRate.default(1e-3),
    decay: fraction.default(0.9).describe('Decay rate of the mean of the squared gradients.'),
    momentum: fraction.default(0).describe('Momentum: the fraction of the velocity kept at each update.'),
    epsilon: epsilon.default(1e-7),
  }),
  z.strictObject({
    kind: z.literal('adagrad').describe('Adagrad (Duchi et al., 2011).'),
    learningRate: learningRate.default(0.01),
    initialAccumulator: z.number().min(0).max(1e6).default(0.1).describe('Initial sum of squared gradients.'),
    epsilon: epsilon.default(1e-7),
  }),
]);

export const scheduleSchema = z.strictObject({
  kind: choice({
    constant: 'Constant learning rate.',
    linear: 'Linear decay.',
    cosine: 'Cosine decay (Loshchilov and Hutter, 2017).',
    exponential: 'Exponential decay: the same factor at each step.',
  })
    .default('constant')
    .describe('Decay of the learning rate between the warm-up and the last step.'),
  warmup: z.int().min(0).default(0).describe('Warm-up: steps over which the learning rate rises from zero.'),
  final: z.number().gt(0).max(1).default(0.01).describe('Learning rate at the last step, as a fraction of the peak.'),
});

const clipSchema = z
  .strictObject({
    by: choice({ norm: 'By the global norm of all gradients.', value: 'Each element separately.' })
      .default('norm')
      .describe('Clip by global norm or per element.'),
    at: z.number().gt(0).max(1e9).describe('Maximum global norm, or maximum absolute value of an element.'),
  })
  .describe('Gradient clipping.');

const averageSchema = z
  .strictObject({ decay: fraction.default(0.999).describe('Decay rate of the moving average.') })
  .describe('Exponential moving average of the weights, used for evaluation and sampling.');

/** Settings of one of several optimizers; absent ones are inherited from `training`. */
const namedOptimizerSchema = z
  .strictObject({
    optimizer: optimizerSchema.optional().describe('Optimizer and its settings.'),
    schedule: scheduleSchema.optional().describe('Learning rate schedule.'),
    clip: clipSchema.optional(),
    average: averageSchema.optional(),
  })
  .describe('Settings of this optimizer; omitted ones are inherited from training.');

export const trainingSchema = z.strictObject({
  epochs: positiveInteger.max(1_000_000).default(10).describe('Passes over the training set.'),
  batch: positiveInteger.max(65_536).default(128).describe('Batch size: examples per call of a training step.'),
  seed: seedSchema.default(0).describe('Seed of all random numbers: the same seed gives the same run.'),
  optimizer: optimizerSchema.prefault({}).describe('Optimizer and its settings.'),
  schedule: scheduleSchema.prefault({}).describe('Learning rate schedule.'),
  clip: clipSchema.optional(),
  average: averageSchema.optional(),
  optimizers: z
    .record(z.string().max(100), namedOptimizerSchema)
    .optional()
    .describe('Settings of single optimizers by name, for families with several.'),
});

export type TrainingSpecification = z.output<typeof trainingSchema>;
