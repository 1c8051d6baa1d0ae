import { describe, expect, it } from 'vitest';
import { describeRun, formatStep, spokenRun } from '../../../../src/host/ui/format';
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

  it('a run with its best value first: a narrow tree cuts what comes after', () => {
    expect(describeRun(run('running', 105.2))).toBe('−ELBO 105.20 best · step 3,127');
    expect(describeRun(run('finished', 105.2))).toBe('−ELBO 105.20 best · step 3,127');
    expect(describeRun(run('paused', 105.2))).toBe('−ELBO 105.20 best · paused');
    expect(describeRun(run('paused', null))).toBe('paused · step 3,127');
    expect(describeRun({ ...run('running', null), step: 0 })).toBe('training');
  });

  it('a run for who hears its row: with its status, which others see as an icon', () => {
    expect(spokenRun(run('running', 105.2))).toBe('n, training, step 3,127 of 4,690, −ELBO 105.20 best');
    expect(spokenRun({ ...run('paused', null), step: 0 })).toBe('n, paused');
  });
});
