import { describe, expect, it } from 'vitest';
import { describe as words, detail } from '../../../../src/host/ui/statusWords';
import { summarize } from '../../../../src/host/registry/summary';
import type { LiveState } from '../../../../src/protocol/control';
import { liveState, record } from '../support/runs';

const run = (name: string, live: Partial<LiveState>) =>
  summarize({
    key: name,
    name,
    color: 0,
    trusted: true,
    record: record(),
    live: liveState(live),
    headline: { label: '−ELBO', value: 106, best: 105 },
  });

describe('the status bar', () => {
  it('says how far the one run is and how long it still takes', () => {
    const half = { step: 2345, secondsLeft: 171 };
    expect(words([run('a-001', half)])).toBe('$(pulse) a-001 50 % · 3 min left');
    expect(words([run('a-001', { ...half, secondsLeft: 59 })])).toBe('$(pulse) a-001 50 % · 59 s left');
    expect(words([run('a-001', { ...half, secondsLeft: null })])).toBe('$(pulse) a-001 50 %');
    expect(words([run('a-001', { ...half, status: 'paused' })])).toBe('$(debug-pause) a-001 50 % · paused');
  });

  it('claims no progress where the end is unknown, and not all of it before the end', () => {
    expect(words([run('a', { totalSteps: 0, secondsLeft: null })])).toBe('$(pulse) a');
    expect(words([run('a', { step: 4689, secondsLeft: 0 })])).toBe('$(pulse) a 99 % · 0 s left');
  });

  it('counts several runs and says when the last of those that train is done', () => {
    const [quick, slow] = [run('a', { secondsLeft: 20 }), run('b', { secondsLeft: 118 })];
    const paused = run('c', { status: 'paused', secondsLeft: 5_000 });
    expect(words([quick, slow, paused])).toBe('$(pulse) 3 runs · 2 min left');
    expect(words([quick, run('d', { secondsLeft: null })])).toBe('$(pulse) 2 runs');
    expect(words([paused, paused])).toBe('$(debug-pause) 2 runs · paused');
  });

  it('tells all of a run in a line of its tooltip', () => {
    expect(detail(run('a', { stepsPerSecond: 86, secondsLeft: 54, step: 480, epoch: 480 / 469 }))).toBe(
      'a (training): step 480/4,690, epoch 2 of 10, −ELBO 106.00, 86 steps/s, 54 s left',
    );
  });
});
