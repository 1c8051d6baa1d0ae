import * as z from 'zod';
import './jitless';
import { choice, positiveInteger, seedSchema } from './schemaParts';

const learningRate = z.number().gt(0).max(10).describe('Size of an update.');
const fraction = z.number().min(0).lt(1);
const epsilon = z.number().gt(0).max(1).describe('Added to the root that updates are divided by.');
const moments = {
  learningRate: learningRate.default(1e-3),
  beta1: fraction.default(0.9).describe('Decay of the mean of the gradients.'),
  beta2: fraction.default(0.999).describe('Decay of the mean of their squares.'),
  epsilon: epsilon.default(1e-8),
};

export const optimizerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('adam').default('adam').describe('Adam (Kingma and Ba, 2015).'), ...moments }),
  z.strictObject({
    kind: z.literal('adamw').describe('Adam with weights that decay by themselves (Loshchilov and Hutter, 2019).'),
    ...moments,
    weightDecay: z.number().min(0).max(1).default(0.01).describe('How much a weight loses, times the learning rate.'),
  }),
  z.strictObject({
    kind: z.literal('sgd').describe('Gradient descent, without memory.'),
    learningRate: learningRate.default(0.01),
  }),
  z.strictObject({
    kind: z.literal('momentum').describe('Gradient descent with momentum (Sutskever et al., 2013).'),
    learningRate: learningRate.default(0.01),
    momentum: fraction.default(0.9).describe('How much of its velocity an update keeps.'),
    nesterov: z.boolean().default(false).describe('Whether the velocity is looked ahead (Nesterov).'),
  }),
  z.strictObject({
    kind: z.literal('rmsprop').describe('RMSProp (Tieleman and Hinton, 2012).'),
    learningRate: learningRate.default(1e-3),
    decay: fraction.default(0.9).describe('Decay of the mean of the squares of the gradients.'),
    momentum: fraction.default(0).describe('How much of its velocity an update keeps.'),
    epsilon: epsilon.default(1e-7),
  }),
  z.strictObject({
    kind: z.literal('adagrad').describe('Adagrad (Duchi et al., 2011).'),
    learningRate: learningRate.default(0.01),
    initialAccumulator: z.number().min(0).max(1e6).default(0.1).describe('Sum of squares to start from.'),
    epsilon: epsilon.default(1e-7),
  }),
]);

export const scheduleSchema = z.strictObject({
  kind: choice({
    constant: 'The same all the time.',
    linear: 'Falls in a straight line.',
    cosine: 'Falls along half a cosine (Loshchilov and Hutter, 2017).',
    exponential: 'Falls by the same factor at each step.',
  })
    .default('constant')
    .describe('How the learning rate continues after the warm-up, until the last step.'),
  warmup: z.int().min(0).default(0).describe('Steps in which the learning rate grows from zero.'),
  final: z.number().gt(0).max(1).default(0.01).describe('The learning rate of the last step, as a part of the first.'),
});

export const trainingSchema = z.strictObject({
  epochs: positiveInteger.max(1_000_000).default(10).describe('How often every training image is seen.'),
  batch: positiveInteger.max(65_536).default(128).describe('Images of one step, that is one update.'),
  seed: seedSchema.default(0).describe('Decides every random number: the same seed gives the same run.'),
  optimizer: optimizerSchema.prefault({}).describe('How gradients become updates.'),
  schedule: scheduleSchema.prefault({}).describe('How the learning rate changes over the steps.'),
  clip: z
    .strictObject({
      by: choice({ norm: 'All gradients together, by their norm.', value: 'Each number by itself.' })
        .default('norm')
        .describe('What is shortened.'),
      at: z.number().gt(0).max(1e9).describe('The most that is left.'),
    })
    .optional()
    .describe('Shortens gradients that are too long.'),
  average: z
    .strictObject({ decay: fraction.default(0.999).describe('How much of the average a step keeps.') })
    .optional()
    .describe('Keeps a moving average of the weights, which evaluation and samples use.'),
});
