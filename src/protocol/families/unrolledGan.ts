import * as z from 'zod';
import '../jitless';
import { discriminatorFamily, discriminatorGame, gamePreset } from './adversarial';
import { ganMisfit, ganSchema } from './gan';

const { objective } = discriminatorGame;
const { batchNorm, spectralNorm } = ganSchema.shape;

export const unrolledGanSchema = z.strictObject({
  family: z
    .literal('unrolled-gan')
    .describe('GAN whose generator learns against the discriminator as it will be after further updates.'),
  ...discriminatorGame,
  objective: objective.unwrap().default('minimax').describe('Losses of the two players.'),
  batchNorm,
  spectralNorm,
  unrollingSteps: z
    .int()
    .min(0)
    .max(50)
    .default(5)
    .describe('K: updates of the discriminator that the generator’s gradient flows through; 0 is the plain GAN.'),
});
export type UnrolledGanSpecification = z.output<typeof unrolledGanSchema>;

const player = { kind: 'mlp', hidden: [128, 128], activation: 'tanh' };

export const unrolledGan = {
  ...discriminatorFamily,
  schema: unrolledGanSchema,
  misfit: ganMisfit,
  preset: gamePreset({
    epochs: 20,
    ...{ set: 'ring', images: { batchNorm: true } },
    // Metz et al. 2016, appendix A: a discriminator that learns ten times slower than the generator.
    model: { latent: 256, generator: player, discriminator: player },
    points: { kind: 'adam', learningRate: 1e-3, beta1: 0.5 },
    optimizers: { discriminator: { optimizer: { learningRate: 1e-4 } } },
  }),
};
