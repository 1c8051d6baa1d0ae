import * as z from 'zod';
import '../jitless';
import { positiveInteger } from '../schemaParts';
import { criticFamily, criticGame, gamePreset } from './adversarial';

export const wganSchema = z.strictObject({
  family: z
    .literal('wgan')
    .describe('Wasserstein GAN: a critic with clipped weights, whose loss estimates a distance of distributions.'),
  ...criticGame,
  earlyCriticSteps: positiveInteger
    .max(1000)
    .default(100)
    .describe('The same for the first 25 updates of the generator, and for every 500th.'),
  clip: z
    .number()
    .gt(0)
    .max(10)
    .default(0.01)
    .describe('After each update, the critic’s weights are clipped to [−clip, clip].'),
});
export type WganSpecification = z.output<typeof wganSchema>;

export const wgan = {
  ...criticFamily,
  schema: wganSchema,
  preset: gamePreset({
    epochs: 20,
    judge: 'critic',
    optimizer: { kind: 'rmsprop', learningRate: 5e-5 },
    points: { kind: 'rmsprop', learningRate: 5e-4 },
    model: { clip: 0.1 },
  }),
};
