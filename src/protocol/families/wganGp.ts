import * as z from 'zod';
import '../jitless';
import { positiveInteger } from '../schemaParts';
import type { DataSpecification } from '../dataSpecification';
import { gameMisfit, type PlayersOf } from './adversarial';
import { critic, criticMetrics, gamePreset, gameLatent, generator, prior } from './adversarial';

export const wganGpSchema = z.strictObject({
  family: z
    .literal('wgan-gp')
    .describe('Wasserstein GAN whose critic is kept 1-Lipschitz by a penalty on its gradient.'),
  generator,
  critic,
  latent: gameLatent,
  prior,
  criticSteps: positiveInteger.max(100).default(5).describe('Updates of the critic for each of the generator.'),
  penalty: z.number().min(0).max(10_000).default(10).describe('λ: weight of the gradient penalty.'),
});
export type WganGpSpecification = z.output<typeof wganGpSchema>;

export const wganGp = {
  schema: wganGpSchema,
  metrics: criticMetrics,
  samples: true,
  misfit: (model: PlayersOf<'critic'>, data: DataSpecification) => gameMisfit('critic', model, data),
  optimizers: ['critic', 'generator'],
  preset: gamePreset({
    epochs: 20,
    judge: 'critic',
    optimizer: { kind: 'adam', learningRate: 1e-4, beta1: 0.5, beta2: 0.9 },
    points: { kind: 'adam', learningRate: 1e-3, beta1: 0.5, beta2: 0.9 },
  }),
};
