import { describe, expect, it } from 'vitest';
import type { AlertRule } from '../../../src/models/alerts';
import { posteriorCollapse } from '../../../src/models/boundAlerts';
import { gameAlerts } from '../../../src/models/gameAlerts';
import { metricsOf } from '../../../src/protocol/metrics';
import { parseNewSpecification } from '../../../src/protocol/specification';
import { mixtureOf } from '../../../src/protocol/mixtures';
import type { Game } from '../../../src/models/game';
import { objectives, wasserstein } from '../../../src/models/objectives';

const ring = mixtureOf({ set: 'ring' } as never)!;

function rules(judgeName: Game['judgeName'], objective: Game['objective'], mixture?: typeof ring) {
  const all = gameAlerts({ judgeName, objective, context: { mixture } } as Game);
  return Object.fromEntries(all.map((rule) => [rule.name, rule]));
}

/** What a rule says of medians by tag; `peaks`: the highest ones, if they were higher. */
function said({ when, tags }: AlertRule, values: Record<string, number>, peaks = values): string | undefined {
  expect(Object.keys(values)).toEqual(expect.arrayContaining([...tags]));
  return when({ median: (tag) => values[tag]!, peak: (tag) => peaks[tag]! });
}

describe('the alerts of a game', () => {
  const won = rules('discriminator', objectives.nonSaturating)['discriminator-won']!;
  const d = (accuracy: number, fake: number) => ({
    'train/discriminator/accuracy': accuracy,
    'train/discriminator/fake': fake,
  });

  it('say that the discriminator has won only if it is right and sure', () => {
    expect(said(won, d(1, 2e-5))).toContain('right in 100 % of cases and gives samples a probability of 2e-5');
    // A balanced game, an early lead, and an unsure discriminator.
    for (const [accuracy, fake] of [
      [0.52, 0.48],
      [0.98, 0.05],
      [1, 0.2],
      [0.9, 0.001],
    ] as const) {
      expect(said(won, d(accuracy, fake))).toBeUndefined();
    }
    expect(won.remedy).toEqual({ hyperparameter: 'discriminatorLearningRate', factor: 0.25 });
  });

  it('go by the loss where the discriminator gives no probabilities, and never say so of a critic', () => {
    const hinge = rules('discriminator', objectives.hinge)['discriminator-won']!;
    expect(said(hinge, { 'train/discriminator/accuracy': 1, 'train/discriminator/loss': 0 })).toContain('loss of 0');
    expect(said(hinge, { 'train/discriminator/accuracy': 1, 'train/discriminator/loss': 0.5 })).toBeUndefined();
    expect(rules('critic', wasserstein)).not.toHaveProperty('discriminator-won');
  });

  it('say that the gradient is gone by what it was, and for probabilities also by itself', () => {
    const norm = (value: number) => ({ 'train/generator/gradient_norm': value });
    const gan = rules('discriminator', objectives.minimax)['generator-gradient-gone']!;
    const wgan = rules('critic', wasserstein)['generator-gradient-gone']!;
    expect(said(gan, norm(0.0005), norm(1))).toContain('5e-4, after 1 at its highest');
    expect(said(gan, norm(0.01), norm(1))).toBeUndefined();
    expect(said(gan, norm(2e-4))).toContain('is 2e-4');
    // The scale of a critic is that of its clipped weights.
    expect(said(wgan, norm(2e-6))).toBeUndefined();
    expect(said(wgan, norm(0))).toContain('is 0');
    expect(wgan.remedy?.hyperparameter).toBe('criticLearningRate');
  });

  it('know collapse by the modes where these are known, else by the diversity of samples', () => {
    const known = rules('discriminator', objectives.nonSaturating, ring)['mode-collapse']!;
    const coverage = (effective: number) => ({ 'samples/modes': 3, 'samples/reverse_kl': Math.log(8 / effective) });
    expect(said(known, coverage(2))).toContain('spread over 2 of 8 modes (3 are reached at all)');
    expect(said(known, coverage(4.1))).toBeUndefined();
    const other = rules('critic', wasserstein)['mode-collapse']!;
    expect(said(other, { 'samples/diversity': 0.05 })).toContain('5 %');
    expect(said(other, { 'samples/diversity': 0.6 })).toBeUndefined();
  });

  it('depend on metrics that the evaluation gives', () => {
    const specification = (set: string) => parseNewSpecification({ model: { family: 'gan' }, data: { set } as never });
    const given = rules('discriminator', objectives.nonSaturating, ring)['mode-collapse']!.tags;
    expect(metricsOf(specification('ring'))).toEqual(expect.arrayContaining([...given]));
    const other = rules('discriminator', objectives.nonSaturating)['mode-collapse']!.tags;
    expect(metricsOf(specification('mnist'))).toEqual(expect.arrayContaining([...other]));
  });
});

describe('the collapse of a posterior', () => {
  const measured = (active: number, kl: number) =>
    said(posteriorCollapse, { 'latent/active_units': active, 'test/kl': kl });

  it('is the lack of an active dimension, or of any KL', () => {
    expect(measured(0, 0.02)).toContain('The KL is 0.02 nats per example, and no latent dimension is active');
    expect(measured(2, 0.05)).toContain('2 are active');
    expect(measured(0, 3)).toContain('no latent dimension is active');
    expect(measured(1, 0.5)).toBeUndefined();
    expect(measured(18, 25)).toBeUndefined();
  });
});
