import * as z from 'zod';
import '../jitless';
import { choice } from '../schemaParts';
import type { FamilyMetrics } from './family';
import { latent, network } from './parts';

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
export type AutoencoderSpecification = z.output<typeof autoencoderSchema>;

const metrics = (): FamilyMetrics => ({ scalars: ['test/reconstruction'], numbered: [] });

export const ae = { schema: autoencoderSchema, metrics };
