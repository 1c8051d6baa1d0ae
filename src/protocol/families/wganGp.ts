import * as z from 'zod';
import '../jitless';
import { criticFamily, criticGame, gamePreset } from './adversarial';

export const wganGpSchema = z.strictObject({
  family: z
    .literal('wgan-gp')
    .describe('Wasserstein GAN whose critic is kept 1-Lipschitz by a penalty on its gradient.'),
  ...criticGame,
  penalty: z.number().min(0).max(10_000).default(10).describe('λ: weight of the gradient penalty.'),
});
export type WganGpSpecification = z.output<typeof wganGpSchema>;

export const wganGp = {
  ...criticFamily,
  schema: wganGpSchema,
  preset: gamePreset({
    epochs: 20,
    judge: 'critic',
    optimizer: { kind: 'adam', learningRate: 1e-4, beta1: 0.5, beta2: 0.9 },
    points: { kind: 'adam', learningRate: 1e-3, beta1: 0.5, beta2: 0.9 },
    // As in the authors' own experiments on points; with 10 one of two seeds lost modes (docs/trained-games.md).
    model: { penalty: 0.1 },
  }),
};
