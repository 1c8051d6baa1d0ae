import { describe, expect, it } from 'vitest';
import { marksOf } from '../../../../src/host/registry/marks';
import type { RunRecord } from '../../../../src/protocol/run';

describe('the marks of a run', () => {
  it('name steps of single phases, consecutive ones of a phase together, among edits in the order of their steps', () => {
    const phase = (name: string) => (step: number) => ({ step, phase: name });
    const record = {
      changes: [{ step: 13, name: 'beta', before: 1, value: 4 }],
      hyperparameters: [{ name: 'beta', title: 'β', value: 1, minimum: 0, maximum: 10 }],
      partialSteps: [...[10, 11, 12].map(phase('discriminator')), ...[14, 16].map(phase('generator'))],
    } as unknown as RunRecord;
    expect(marksOf(record)).toEqual([
      { step: 10, text: 'Only discriminator, up to step 12' },
      { step: 13, text: 'β 1 → 4' },
      { step: 14, text: 'Only generator' },
      { step: 16, text: 'Only generator' },
    ]);
  });
});
