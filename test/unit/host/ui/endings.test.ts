import { describe, expect, it } from 'vitest';
import type { RunIntent, RunSummary } from '../../../../src/protocol/views';
import { EndingWatch, endingMessage } from '../../../../src/host/ui/endings';
import { summarize } from '../../../../src/host/registry/summary';
import { record } from '../support/runs';

const run = (name: string, status: RunSummary['status'], change: Partial<RunSummary> = {}): RunSummary => ({
  ...summarize({ key: name, name, color: 0, trusted: true, record: record() }),
  step: 1194,
  status,
  intents: ['continue'],
  ...change,
});

function watch(asked: Record<string, RunIntent> = {}) {
  const endings = new EndingWatch((key) => asked[key]);
  return (...runs: RunSummary[]) => endings.update(runs).map(({ key, status }) => `${key} ${status}`);
}

describe('which runs have ended', () => {
  it.each(['finished', 'failed', 'interrupted', 'stopped'] as const)('notices once that a run is %s', (status) => {
    const update = watch();
    expect(update(run('a', 'running'))).toEqual([]);
    expect(update(run('a', status))).toEqual([`a ${status}`]);
    expect(update(run('a', status))).toEqual([]);
  });

  it('takes no run that had ended before this window saw it', () => {
    expect(watch()(run('a', 'failed'), run('b', 'finished'))).toEqual([]);
  });

  it('notices each end of a run that was resumed', () => {
    const update = watch();
    update(run('a', 'running'));
    expect(update(run('a', 'failed'))).toEqual(['a failed']);
    update(run('a', 'starting'));
    expect(update(run('a', 'finished'))).toEqual(['a finished']);
  });

  it('says nothing of a stop that was asked for in this window, but of one from elsewhere', () => {
    const update = watch({ mine: 'stop', theirs: 'pause' });
    update(run('mine', 'running'), run('theirs', 'running'));
    expect(update(run('mine', 'stopped'), run('theirs', 'stopped'))).toEqual(['theirs stopped']);
  });

  it('notices a run that fails before it was seen live', () => {
    const update = watch();
    update(run('a', 'created'));
    expect(update(run('a', 'failed'))).toEqual(['a failed']);
  });

  it('says that a run failed while it was being stopped', () => {
    const update = watch({ a: 'stop' });
    update(run('a', 'stopping'));
    expect(update(run('a', 'failed'))).toEqual(['a failed']);
  });
});

describe('the message about an ending', () => {
  it('of a finished run: how far and how well, and that it can train longer', () => {
    const headline = { label: 'test −ELBO', value: 106, best: 105.2 };
    expect(endingMessage([run('a', 'finished', { step: 4690, headline })])).toEqual({
      severity: 'information',
      text: 'a has finished: step 4,690, best test −ELBO 105.20.',
      key: 'a',
      actions: ['openRun', 'trainLonger'],
    });
  });

  it('of a failure: why, what to do, and where to look', () => {
    const failure = { kind: 'not-a-number', message: 'The loss is NaN.', remedy: 'Lower the learning rate.' } as const;
    expect(endingMessage([run('a', 'failed', { failure })])).toMatchObject({
      severity: 'warning',
      text: 'a failed at step 1,194/4,690. The loss is NaN. Lower the learning rate.',
      actions: ['openRun', 'resume', 'showTrainerLog'],
    });
    // A plain resume would repeat what has just broken it.
    expect(endingMessage([run('a', 'failed', { failure, revisable: 'edited' })])?.actions).toEqual([
      'openRun',
      'resumeWithoutLastEdit',
      'showTrainerLog',
    ]);
  });

  it('offers nothing that this window may not do', () => {
    expect(endingMessage([run('a', 'interrupted', { intents: [] })])?.actions).toEqual(['openRun']);
  });

  it('of a sweep: one message, which names what needs a look', () => {
    const done = Array.from({ length: 56 }, (_, index) => run(`s-${index}`, 'finished'));
    const bad = ['w', 'x', 'y', 'z'].map((name) => run(name, 'failed'));
    expect(endingMessage([...done, ...bad])).toEqual({
      severity: 'warning',
      text: '60 runs ended: 56 finished, 4 failed (w, x, y, …).',
      actions: ['showRuns'],
    });
    expect(endingMessage([])).toBeUndefined();
  });
});
