import { describe, expect, it } from 'vitest';
import { detailOf } from '../../../../src/host/registry/detail';
import { summarize } from '../../../../src/host/registry/summary';
import type { RunRecord } from '../../../../src/protocol/run';
import type { LiveState } from '../../../../src/protocol/control';
import { found, liveState, record } from '../support/runs';

const hyperparameters = [{ name: 'beta', title: 'β', value: 1, minimum: 0, maximum: 10 }];
const changes = [
  { step: 40, name: 'beta', before: 1, value: 2 },
  { step: 900, name: 'beta', before: 2, value: 4 },
];

function detail(change: Partial<RunRecord>, live?: LiveState, trusted = true, resumesFrom?: number) {
  const whole = record({ hyperparameters, changes, ...change });
  const lock = live === undefined ? undefined : found().lock;
  const facts = { record: whole, live, lock, trusted, resumesFrom };
  return detailOf(whole, summarize({ key: 'k', name: 'n', color: 0, ...facts }), { trusted, resumesFrom });
}

describe('where a run comes from', () => {
  it('is the name of the run whose checkpoint it began with, or what tells it apart', () => {
    const run = 'abcdef0123456789abcdef0123456789';
    expect(detail({ parent: { run, name: 'vae-001', step: 40 } }).parent).toEqual({ name: 'vae-001', step: 40 });
    expect(detail({ parent: { run, step: 40 } }).parent).toEqual({ name: 'abcdef01', step: 40 });
    expect(detail({}).parent).toBeUndefined();
  });
});

describe('the hyperparameters of a run', () => {
  it('have the value that holds at its step: a resume repeats later changes at their own', () => {
    const current = (step: number) => detail({}, liveState({ step })).hyperparameters[0]!.current;
    expect([current(10), current(39), current(60), current(899)]).toEqual([1, 2, 2, 4]);
  });

  it('say since which step they hold, where they were edited', () => {
    const since = (step: number) => detail({}, liveState({ step })).hyperparameters[0]!.since;
    expect([since(10), since(60), since(899)]).toEqual([undefined, 40, 900]);
  });

  it('can be changed while it trains or is paused', () => {
    expect(detail({}, liveState()).fixed).toBeUndefined();
    expect(detail({}, liveState({ status: 'paused' })).fixed).toBeUndefined();
  });

  it('cannot be changed in any other way, and the message says what to do', () => {
    expect(detail({}, liveState(), false).fixed).toContain('Restricted Mode');
    expect(detail({}, liveState({ status: 'starting' })).fixed).toContain('first step');
    expect(detail({ status: 'finished' }).fixed).toContain('Train it longer');
  });

  it('can be changed as the run is resumed, and the last edit can be taken back', () => {
    const changes = [{ step: 30, name: 'beta', before: 1, value: 5 }];
    const stopped = (resumesFrom?: number) => detail({ status: 'stopped', changes }, undefined, true, resumesFrom);
    expect([stopped().fixed, stopped().onResume]).toEqual([undefined, true]);
    expect(stopped(29).lastEdit).toEqual({ name: 'beta', text: 'β 1 → 5 at step 30', repeatedFrom: 29 });
    expect([stopped(30).lastEdit, stopped().lastEdit]).toEqual([undefined, undefined]);
    expect(detail({ status: 'finished', changes }, undefined, true, 29)).not.toHaveProperty('onResume');
  });

  it('say of a run that diverged the last edit also where the checkpoint has seen it, but not that it is repeated', () => {
    const failure = { kind: 'not-a-number', message: 'The loss became NaN.' } as const;
    const failed = { status: 'failed', failure, step: 950 } as const;
    expect(detail(failed, undefined, true, 920).lastEdit).toEqual({ name: 'beta', text: 'β 2 → 4 at step 900' });
    expect(detail({ ...failed, failure: { ...failure, kind: 'disk' } }, undefined, true, 920).lastEdit).toBeUndefined();
  });
});
