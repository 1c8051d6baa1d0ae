import { describe, expect, it } from 'vitest';
import { describeRun, formatRate, formatStep, formatValue } from '../../../../src/host/ui/format';
import { summarize } from '../../../../src/host/registry/summary';
import { liveState, record } from '../support/runs';

const run = (status: 'running' | 'paused' | 'finished', value: number | null) =>
  summarize({
    key: 'k',
    name: 'n',
    color: 0,
    trusted: true,
    record: record(),
    live: liveState({ status, step: 3127 }),
    headline: { label: '−ELBO', value, best: value },
  });

describe('how figures are written', () => {
  it('step and total with separators, the total only when it is known', () => {
    expect(formatStep(3127, 4690)).toBe('3,127/4,690');
    expect(formatStep(3127, 0)).toBe('3,127');
    expect([0, 999, 1000, 12_345_678].map((step) => formatStep(step, 0))).toEqual(['0', '999', '1,000', '12,345,678']);
  });

  it('values with four significant digits', () => {
    expect([105.2345, 0.5, 0.00012345, 1234567, 0].map(formatValue)).toEqual([
      '105.2',
      '0.5',
      '1.23e-4',
      '1.23e+6',
      '0',
    ]);
  });

  it('slow rates with a digit behind the point', () => {
    expect([1234.5, 86.4, 3.14].map(formatRate)).toEqual(['1,235 steps/s', '86 steps/s', '3.1 steps/s']);
  });

  it('a run as step and headline, with its status where that is not the usual one', () => {
    expect(describeRun(run('running', 105.2))).toBe('step 3,127/4,690 · 105.2');
    expect(describeRun(run('paused', null))).toBe('paused · step 3,127/4,690');
  });
});
