import * as z from 'zod';
import '../jitless';
import { positiveInteger } from '../schemaParts';
import type { FamilyMetrics } from './family';
import { convolutionMisfit, probabilitiesMisfit, type Chosen, type Misfit } from './misfit';
import { decoder, latent, network } from './parts';

export const vaeSchema = z.strictObject({
  family: z
    .literal('vae')
    .describe('Variational autoencoder: learns a distribution of the data and can sample from it.'),
  network,
  latent,
  decoder,
  beta: z
    .number()
    .min(0)
    .max(10_000)
    .default(1)
    .describe('Weight of the KL term: 1 for a VAE, any other value for a β-VAE.'),
  samples: positiveInteger.max(64).default(1).describe('L: posterior samples per image and training step.'),
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

/** Why a model with such a network and decoder cannot learn a data set. */
export function variationalMisfit(
  { network, decoder: { likelihood } }: Pick<VaeSpecification, 'network' | 'decoder'>,
  { data }: Chosen,
): Misfit | undefined {
  const convolves = convolutionMisfit('network', network, data);
  if (convolves !== undefined || likelihood !== 'bernoulli') return convolves;
  return probabilitiesMisfit(['decoder', 'likelihood'], ['bernoulli', 'gaussian'], data);
}

export const vae = { schema: vaeSchema, metrics: variationalMetrics, samples: true, misfit: variationalMisfit };
