import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../../src/protocol/views';
import { UnseenFailures } from '../../../../src/host/ui/unseenFailures';

const KEY = 'a';

/** Which of the updates mark the run; each is its status, or none where a scan misses it, and the run in front. */
function marks(...updates: readonly (readonly [RunSummary['status'] | undefined, front?: string])[]): boolean[] {
  const unseen = new UnseenFailures();
  return updates.map(([status, front]) => {
    const runs = status === undefined ? [] : [{ key: KEY, status }];
    return unseen.update(runs, front).length === 1;
  });
}

describe('failures that were not looked at', () => {
  it('are those of runs that this window saw train', () => {
    expect(marks(['interrupted'])).toEqual([false]);
    expect(marks(['running'], ['interrupted'], ['interrupted'])).toEqual([false, true, true]);
    expect(marks(['paused'], ['failed'])).toEqual([false, true]);
    expect(marks(['created'], ['failed'])).toEqual([false, true]);
    expect(marks(['running'], ['finished'])).toEqual([false, false]);
  });

  it('count where the run ended up, whatever was read in between', () => {
    expect(marks(['running'], ['stopped'], ['interrupted'])).toEqual([false, false, true]);
    expect(marks(['running'], ['interrupted'], [undefined], ['interrupted'])).toEqual([false, true, false, true]);
  });

  it('are no longer marked once looked at, or resumed, until the run fails again', () => {
    expect(marks(['running'], ['failed'], ['failed', KEY], ['failed'])).toEqual([false, true, false, false]);
    expect(marks(['running', KEY], ['failed'])).toEqual([false, true]);
    expect(marks(['running'], ['failed'], ['running'], ['failed'])).toEqual([false, true, false, true]);
    expect(marks(['running'], ['failed', KEY], ['starting'], ['interrupted', 'b'])).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});
