import * as z from 'zod';
import '../jitless';
import { choice } from '../schemaParts';
import type { FamilyMetrics } from './family';
import { convolutionMisfit, probabilitiesMisfit, type Chosen, type Misfit } from './misfit';
import { latent, network } from './parts';

export const autoencoderSchema = z.strictObject({
  family: z.literal('ae').describe('Autoencoder: learns codes and reconstructs, but cannot sample.'),
  network,
  latent,
  reconstruction: choice({
    crossEntropy: 'Cross-entropy, with gray values as probabilities.',
    squaredError: 'Squared error of gray values.',
  })
    .default('crossEntropy')
    .describe('Reconstruction loss per pixel.'),
});
export type AutoencoderSpecification = z.output<typeof autoencoderSchema>;

const metrics = (): FamilyMetrics => ({ scalars: ['test/reconstruction'], numbered: [] });

function misfit({ network: net, reconstruction }: AutoencoderSpecification, { data }: Chosen): Misfit | undefined {
  const convolves = convolutionMisfit('network', net, data);
  if (convolves !== undefined || reconstruction !== 'crossEntropy') return convolves;
  return probabilitiesMisfit(['reconstruction'], ['crossEntropy', 'squaredError'], data);
}

export const ae = { schema: autoencoderSchema, metrics, samples: false, misfit };
