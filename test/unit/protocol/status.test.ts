import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../../../src/protocol/capabilities';
import { canExplore, isExplorable } from '../../../src/protocol/status';

const vae: Capabilities = {
  data: { kind: 'image', shape: [28, 28, 1] },
  sampling: 'once',
  likelihood: 'importance',
  latent: { size: 20, prior: 'normal', encodes: 'gaussian', decodes: true },
  classes: 0,
};

describe('whether the Latent Explorer can show a model', () => {
  it.each<[string, Capabilities | undefined, boolean]>([
    ['encodes images', vae, true],
    ['was written before the kind of data was recorded', { ...vae, data: undefined }, true],
    ['encodes points', { ...vae, data: { kind: 'points', size: 2 } }, false],
    ['only decodes draws from its prior', { ...vae, latent: { ...vae.latent!, encodes: null } }, true],
    [
      'decodes draws to points',
      {
        ...vae,
        data: { kind: 'points', size: 2 },
        latent: { size: 2, prior: 'uniform', encodes: null, decodes: true },
      },
      true,
    ],
    [
      'has neither an encoder nor a prior that can be drawn from',
      { ...vae, latent: { size: 2, prior: 'codebook', encodes: null, decodes: true } },
      false,
    ],
    [
      'neither encodes nor decodes',
      { ...vae, latent: { size: 2, prior: 'normal', encodes: null, decodes: false } },
      false,
    ],
    ['has no latent space', { ...vae, latent: null }, false],
    ['says nothing of itself', undefined, false],
  ])('that %s', (_what, capabilities, expected) => {
    expect(isExplorable(capabilities)).toBe(expected);
  });

  it('waits for a checkpoint where no trainer answers', () => {
    expect(canExplore({ status: 'finished', step: 0, capabilities: vae })).toBe(false);
    expect(canExplore({ status: 'finished', step: 1, capabilities: vae })).toBe(true);
    expect(canExplore({ status: 'running', step: 0, capabilities: vae })).toBe(true);
  });
});
