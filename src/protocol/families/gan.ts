import * as z from 'zod';
import '../jitless';
import { discriminator, discriminatorMetrics, gamePreset, gameLatent, generator } from './adversarial';
import type { DataSpecification } from '../dataSpecification';
import { gameMisfit, type PlayersOf } from './adversarial';
import { practice, prior, spectralNorm } from './adversarial';

export const ganSchema = z.strictObject({
  family: z.literal('gan').describe('Generative adversarial network: a generator against a discriminator.'),
  generator,
  discriminator,
  latent: gameLatent,
  prior,
  ...practice,
  spectralNorm,
});
export type GanSpecification = z.output<typeof ganSchema>;

export const gan = {
  schema: ganSchema,
  metrics: discriminatorMetrics,
  samples: true,
  misfit: (model: PlayersOf<'discriminator'>, data: DataSpecification) => gameMisfit('discriminator', model, data),
  optimizers: ['discriminator', 'generator'],
  preset: gamePreset({ epochs: 20, points: { kind: 'adam', learningRate: 1e-3, beta1: 0.5 }, set: 'ring' }),
};
