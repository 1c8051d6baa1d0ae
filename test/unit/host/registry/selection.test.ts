import { describe, expect, it } from 'vitest';
import { RunSelection } from '../../../../src/host/registry/selection';
import { summarize } from '../../../../src/host/registry/summary';
import type { RunStatus } from '../../../../src/protocol/run';
import { found, record } from '../support/runs';

const run = (key: string, status: RunStatus) =>
  summarize({ key, name: key, color: 0, trusted: true, record: record({ status }), lock: found().lock });

describe('the runs that the charts overlay', () => {
  const shown = (statuses: Record<string, RunStatus>, selected: string[] = []) => {
    const runs = Object.entries(statuses).map(([key, status]) => run(key, status));
    const selection = new RunSelection({ runs: () => runs });
    selection.select(selected);
    return selection.shown();
  };

  it('are those that train and those that are selected, in the order of the tree', () => {
    expect(shown({ a: 'finished', b: 'running', c: 'stopped', d: 'paused' }, ['c'])).toEqual(['b', 'c', 'd']);
  });

  it('are the newest alone when nothing trains and nothing is selected', () => {
    expect(shown({ a: 'finished', b: 'stopped' })).toEqual(['a']);
  });

  it('are none when there are none, and forget a selected run that is gone', () => {
    expect(shown({}, ['gone'])).toEqual([]);
  });
});
