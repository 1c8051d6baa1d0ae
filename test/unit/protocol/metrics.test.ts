import { describe, expect, it } from 'vitest';
import { metricsOf } from '../../../src/protocol/metrics';
import { parseNewSpecification, SpecificationError } from '../../../src/protocol/specification';

const withMetric = (metric: string, family = 'vae') => ({
  model: { family, latent: 3 },
  checkpoints: { keepBest: { metric } },
});

function issuesOf(value: unknown) {
  try {
    parseNewSpecification(value);
  } catch (error) {
    if (error instanceof SpecificationError) return error.issues;
    throw error;
  }
  return [];
}

describe('the metric of a checkpoint rule', () => {
  it.each(['test/kl', 'test/negative_elbo', 'latent/kl/02', 'latent/active_units'])('may be %s of a VAE', (metric) => {
    expect(issuesOf(withMetric(metric))).toEqual([]);
  });

  it('is refused where the evaluation cannot give it, with what was probably meant', () => {
    expect(issuesOf(withMetric('test/negative_elob'))).toEqual([
      expect.objectContaining({ path: 'checkpoints.keepBest.metric', suggestion: 'test/negative_elbo' }),
    ]);
    expect(issuesOf(withMetric('latent/kl/03'))).toHaveLength(1);
    expect(issuesOf(withMetric('test/kl', 'ae'))[0]!.message).toMatch(/there are test\/reconstruction$/);
  });

  it('has a tag for each dimension', () => {
    expect(metricsOf(parseNewSpecification({ model: { family: 'cvae', latent: 2 } }))).toEqual(
      expect.arrayContaining(['latent/kl/00', 'latent/kl/01', 'latent/variance/01']),
    );
  });
});
