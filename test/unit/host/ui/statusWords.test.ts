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
  it('names the one run and its speed', () => {
    expect(words([run('a-001', { stepsPerSecond: 86.4 })])).toBe('$(pulse) a-001 · 86 steps/s');
    expect(words([run('a-001', { status: 'paused' })])).toBe('$(debug-pause) a-001 · paused');
  });

  it('counts several runs and adds the speeds of those that train', () => {
    const [quick, slow] = [run('a', { stepsPerSecond: 86 }), run('b', { stepsPerSecond: 14 })];
    const paused = run('c', { status: 'paused', stepsPerSecond: 50 });
    expect(words([quick, slow, paused])).toBe('$(pulse) 3 runs · 100 steps/s');
    expect(words([paused, paused])).toBe('$(debug-pause) 2 runs · paused');
  });

  it('tells all of a run in a line of its tooltip', () => {
    expect(detail(run('a', { stepsPerSecond: 86, secondsLeft: 54, step: 60 }))).toBe(
      'a (training): step 60/4,690, −ELBO 106, 86 steps/s, 54 s left',
    );
  });
});
