import * as z from 'zod';
import '../jitless';
import { positiveInteger } from '../schemaParts';
import type { FamilyMetrics } from './family';
import { decoder, latent, network } from './parts';

export const vaeSchema = z.strictObject({
  family: z.literal('vae').describe('Variational autoencoder: it learns a distribution and can sample.'),
  network,
  latent,
  decoder,
  beta: z.number().min(0).max(10_000).default(1).describe('Weight of the KL term; 1 is the VAE, more is a β-VAE.'),
  samples: positiveInteger.max(64).default(1).describe('L: latent samples drawn for each image and step.'),
});
export type VaeSpecification = z.output<typeof vaeSchema>;

export function variationalMetrics(model: { readonly latent: number }): FamilyMetrics {
  return {
    scalars: ['test/negative_elbo', 'test/loss', 'test/reconstruction', 'test/kl', 'latent/active_units'],
    numbered: [
      { prefix: 'latent/kl/', count: model.latent },
      { prefix: 'latent/variance/', count: model.latent },
    ],
  };
}

export const vae = { schema: vaeSchema, metrics: variationalMetrics };
