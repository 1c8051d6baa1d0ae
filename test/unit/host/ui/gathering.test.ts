import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gathering } from '../../../../src/host/ui/gathering';

describe('a gathering', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('hands on together what came close together', () => {
    const given: (readonly string[])[] = [];
    const gathering = new Gathering<string>(3_000, 60_000, (members) => given.push(members));
    gathering.add('a');
    vi.advanceTimersByTime(2_000);
    gathering.add('b');
    gathering.add('a');
    vi.advanceTimersByTime(999);
    expect(given).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(given).toEqual([['a', 'b']]);
  });

  it('is heard at most once in the time apart, and loses nothing', () => {
    const given: (readonly number[])[] = [];
    const gathering = new Gathering<number>(3_000, 60_000, (members) => given.push(members));
    for (let run = 0; run < 60; run += 1) {
      gathering.add(run);
      vi.advanceTimersByTime(5_000);
    }
    vi.advanceTimersByTime(60_000);
    expect(given.length).toBeLessThanOrEqual(6);
    expect(given.flat()).toEqual(Array.from({ length: 60 }, (_, index) => index));
  });

  it('gives nothing after its end', () => {
    const given: unknown[] = [];
    const gathering = new Gathering<string>(3_000, 60_000, (members) => given.push(members));
    gathering.add('a');
    gathering.dispose();
    vi.advanceTimersByTime(100_000);
    expect(given).toEqual([]);
  });
});
