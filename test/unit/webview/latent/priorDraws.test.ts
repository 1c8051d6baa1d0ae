import { describe, expect, it } from 'vitest';
import { priorDeviation, priorDraws, type DrawnPrior } from '../../../../webview/latent/maths/priorDraws';
import { row } from '../../../../webview/latent/maths/vectors';

const PRIORS: readonly DrawnPrior[] = ['normal', 'uniform', 'sphere'];

describe('draws from a prior', () => {
  it.each(PRIORS)('have the mean and deviation of a %s one in each dimension', (prior) => {
    const { data } = priorDraws(prior, { count: 20_000, seed: 5 }, 3);
    for (let d = 0; d < 3; d++) {
      const values = data.filter((_, i) => i % 3 === d);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(0.03);
      expect(Math.sqrt(variance)).toBeCloseTo(priorDeviation(prior), 1);
    }
  });

  it('of a uniform prior fill −1 to 1, and those of a sphere lie on it', () => {
    const uniform = priorDraws('uniform', { count: 5_000, seed: 1 }, 2).data;
    expect(Math.min(...uniform)).toBeLessThan(-0.99);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...uniform)).toBeGreaterThan(0.99);
    const sphere = priorDraws('sphere', { count: 50, seed: 1 }, 7);
    for (let i = 0; i < 50; i++) expect(Math.hypot(...row(sphere, i))).toBeCloseTo(Math.sqrt(7), 5);
  });

  it.each(PRIORS)('are a function of the seed, and the first of a %s prior the same for any count', (prior) => {
    const few = priorDraws(prior, { count: 7, seed: 3 }, 5);
    const many = priorDraws(prior, { count: 40, seed: 3 }, 5);
    expect([...many.data.subarray(0, 35)]).toEqual([...few.data]);
    expect(priorDraws(prior, { count: 7, seed: 4 }, 5).data).not.toEqual(few.data);
  });
});
