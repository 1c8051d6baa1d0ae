import { describe, expect, it } from 'vitest';
import { PartialSteps } from '../../../src/trainer/loop/partialSteps';

const PLAYERS = ['discriminator', 'generator'];

describe('steps of a single phase', () => {
  it('replace those that an earlier session made at that step and later', () => {
    const steps = new PartialSteps(PLAYERS, [
      { step: 3, phase: 'generator' },
      { step: 7, phase: 'generator' },
      { step: 9, phase: 'generator' },
    ]);
    steps.add(7, 'discriminator');
    expect(steps.all).toEqual([
      { step: 3, phase: 'generator' },
      { step: 7, phase: 'discriminator' },
    ]);
    expect([3, 7, 9].map((step) => steps.phaseOf(step))).toEqual(['generator', 'discriminator', undefined]);
  });

  it('are refused to a model of one phase, and once the record holds thousands', () => {
    expect(() => new PartialSteps(['train']).add(1, 'train')).toThrow('single phase');
    const full = Array.from({ length: 4_000 }, (_, i) => ({ step: i + 1, phase: 'generator' }));
    expect(() => new PartialSteps(PLAYERS, full).add(4_001, 'generator')).toThrow('limit of 4,000');
  });
});
