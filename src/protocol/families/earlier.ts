import { propertyOf } from '../propertyOf';
import type { Capabilities } from '../capabilities';

/** The part of a record, or of a checkpoint's metadata, that determines the capabilities of its model. */
interface Declared {
  readonly capabilities?: Capabilities;
}

/** The capabilities of the model of a record or a checkpoint; undefined if they cannot be determined. */
export function capabilitiesIn({ capabilities }: Declared, specification: unknown): Capabilities | undefined {
  if (capabilities !== undefined) return capabilities;
  const model = propertyOf(specification, 'model');
  return earlierCapabilities(propertyOf(model, 'family'), propertyOf(model, 'latent'));
}

/**
 * Capabilities of models of version 0.1.0, whose records and checkpoints do not state them. Undefined for a family that
 * version did not have.
 */
function earlierCapabilities(family: unknown, latent: unknown): Capabilities | undefined {
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
