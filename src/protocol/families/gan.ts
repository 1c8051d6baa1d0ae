import * as z from 'zod';
import '../jitless';
import {
  BATCH_NORM,
  discriminatorFamily,
  discriminatorGame,
  gamePreset,
  playersMisfit,
  practiceMisfit,
} from './adversarial';
import type { Chosen } from './misfit';

export const ganSchema = z.strictObject({
  family: z.literal('gan').describe('Generative adversarial network: a generator against a discriminator.'),
  ...discriminatorGame,
  batchNorm: z
    .boolean()
    .default(false)
    .describe('Batch normalization after each hidden layer of the generator (Ioffe and Szegedy, 2015).'),
  spectralNorm: z
    .boolean()
    .default(false)
    .describe('Spectral normalization of the discriminator (Miyato et al., 2018).'),
});
export type GanSpecification = z.output<typeof ganSchema>;

/** Why such players cannot learn a data set. */
export function ganMisfit(model: Omit<GanSpecification, 'family'>, chosen: Chosen) {
  return practiceMisfit(model, chosen) ?? playersMisfit('discriminator', model, chosen.data);
}

export const gan = {
  ...discriminatorFamily,
  schema: ganSchema,
  misfit: ganMisfit,
  preset: gamePreset({
    epochs: 20,
    points: { kind: 'adam', learningRate: 1e-3, beta1: 0.5 },
    images: BATCH_NORM,
    set: 'ring',
  }),
};
