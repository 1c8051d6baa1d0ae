import { describe, expect, it } from 'vitest';
import { RunSelection, type WorkspaceMemory } from '../../../../src/host/registry/selection';
import { summarize } from '../../../../src/host/registry/summary';
import type { RunStatus } from '../../../../src/protocol/run';
import { found, record } from '../support/runs';

const run = (key: string, status: RunStatus) =>
  summarize({ key, name: key, color: 0, trusted: true, record: record({ status }), lock: found().lock });

function fakeMemory(saved: Record<string, unknown> = {}): WorkspaceMemory {
  return {
    get: (key) => saved[key],
    // As VS Code keeps it: through JSON.
    update: (key, value) => Promise.resolve(void (saved[key] = JSON.parse(JSON.stringify(value)))),
  };
}

const selectionOf = (statuses: Record<string, RunStatus>, memory = fakeMemory()) => {
  const runs = Object.entries(statuses).map(([key, status]) => run(key, status));
  return new RunSelection({ runs: () => runs }, memory);
};

describe('the runs that the charts overlay', () => {
  const shown = (statuses: Record<string, RunStatus>) => selectionOf(statuses).shown();

  it('are those that train, in the order of the tree', () => {
    expect(shown({ a: 'finished', b: 'running', c: 'stopped', d: 'paused' })).toEqual(['b', 'd']);
  });

  it('are the newest alone when nothing trains, which stays when another is ticked', () => {
    expect(shown({ a: 'finished', b: 'stopped' })).toEqual(['a']);
    const selection = selectionOf({ a: 'finished', b: 'stopped' });
    selection.overlay(['b'], true);
    expect(selection.shown()).toEqual(['a', 'b']);
  });

  it('keep a run that has ended since it was seen training, until it is unticked', () => {
    const runs = [run('newer', 'created'), run('mine', 'running')];
    const selection = new RunSelection({ runs: () => runs }, fakeMemory());
    expect(selection.shown()).toEqual(['mine']);
    for (const end of ['stopping', 'stopped', 'finished', 'failed'] as const) {
      runs[1] = run('mine', end);
      expect(selection.shown()).toEqual(['mine']);
    }
    selection.overlay(['mine'], false);
    expect(selection.shown()).toEqual([]);
  });

  it('keep a run whose folder is renamed, and what was unticked', () => {
    const runs = [run('newer', 'created'), run('mine', 'running'), run('other', 'running')];
    const memory = fakeMemory();
    const selection = new RunSelection({ runs: () => runs }, memory);
    selection.overlay(['other'], false);
    expect(selection.shown()).toEqual(['mine']);
    [runs[1], runs[2]] = [run('my-own', 'finished'), run('another', 'finished')];
    selection.follow({ from: 'mine', to: 'my-own' });
    selection.follow({ from: 'other', to: 'another' });
    expect(selection.shown()).toEqual(['my-own']);
    expect(new RunSelection({ runs: () => runs }, memory).shown()).not.toContain('another');
  });

  it('are none when there are none', () => {
    expect(shown({})).toEqual([]);
  });

  it('are one alone, all or none when that is asked for', () => {
    const selection = selectionOf({ a: 'running', b: 'stopped', c: 'stopped' });
    selection.showOnly('b');
    expect(selection.shown()).toEqual(['b']);
    selection.showAll(true);
    expect(selection.shown()).toEqual(['a', 'b', 'c']);
    selection.showAll(false);
    expect(selection.shown()).toEqual([]);
  });

  it('are those that were ticked, whatever trains, and all are offered', () => {
    const selection = selectionOf({ a: 'running', b: 'stopped', c: 'stopped' });
    selection.overlay(['c'], true);
    selection.overlay(['a'], false);
    expect(selection.shown()).toEqual(['c']);
    expect(selection.choices().map(({ key, shown }) => `${key} ${shown}`)).toEqual(['a false', 'b false', 'c true']);
  });

  it('are none after all were unticked, and a run that starts then is shown', () => {
    const memory = fakeMemory();
    selectionOf({ a: 'finished', b: 'stopped' }, memory).overlay(['a', 'b'], false);
    expect(selectionOf({ a: 'finished', b: 'stopped' }, memory).shown()).toEqual([]);
    expect(selectionOf({ new: 'running', a: 'finished', b: 'stopped' }, memory).shown()).toEqual(['new']);
  });

  it('are the same after a reload', () => {
    const memory = fakeMemory();
    selectionOf({ a: 'finished', b: 'stopped', c: 'stopped' }, memory).overlay(['b', 'c'], true);
    expect(selectionOf({ a: 'finished', b: 'stopped', c: 'stopped' }, memory).shown()).toEqual(['a', 'b', 'c']);
  });

  it.each([null, 'x', [1, ['a'], ['a', 'yes'], null]])('forget what makes no sense: %j', (saved) => {
    expect(selectionOf({ a: 'finished' }, fakeMemory({ 'charts.overlay': saved })).shown()).toEqual(['a']);
  });

  it('take no keys of runs that are not there', () => {
    const saved: Record<string, unknown> = {};
    selectionOf({ a: 'finished' }, fakeMemory(saved)).overlay(['a', 'gone'], true);
    expect(saved['charts.overlay']).toEqual([['a', true]]);
  });
});
