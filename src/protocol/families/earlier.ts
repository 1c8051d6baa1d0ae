import type { Capabilities } from '../capabilities';

/**
 * What can be asked of models of version 0.1.0, whose records and checkpoints do not tell. Undefined for a family that
 * version did not have.
 */
export function earlierCapabilities(family: unknown, latent: unknown): Capabilities | undefined {
  if (typeof latent !== 'number' || !Number.isInteger(latent) || latent < 1) return undefined;
  const space = { size: latent, decodes: true } as const;
  switch (family) {
    case 'vae':
      return { ...SAMPLED, latent: { ...space, prior: 'normal', encodes: 'gaussian' }, classes: 0 };
    case 'cvae':
      return { ...SAMPLED, latent: { ...space, prior: 'normal', encodes: 'gaussian' } };
    case 'ae':
      return { sampling: null, likelihood: null, latent: { ...space, prior: null, encodes: 'point' }, classes: 0 };
    default:
      return undefined;
  }
}

const SAMPLED = { sampling: 'once', likelihood: 'importance' } as const;
