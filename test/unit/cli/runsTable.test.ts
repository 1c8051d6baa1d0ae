import { describe, expect, it } from 'vitest';
import { since } from '../../../src/cli/runsTable';
import { table } from '../../../src/cli/table';

describe('the table of runs', () => {
  it('is as wide as its widest cells, and leaves out columns that say nothing', () => {
    expect(
      table(
        ['NAME', 'STATUS', 'BEST'],
        [
          ['a', 'finished', ''],
          ['longer', 'paused', ''],
        ],
      ),
    ).toEqual(['NAME    STATUS', 'a       finished', 'longer  paused']);
  });

  it('steers no terminal', () => {
    expect(table(['NAME'], [['a\u001b[2Jb\nc']]).join('')).not.toMatch(/[\u001b\n]/);
  });

  it('says how long ago something was', () => {
    const now = Date.parse('2026-01-10T12:00:00Z');
    const said = (date: string | undefined) => since(date, now);
    expect(said('2026-01-10T11:59:50Z')).toBe('just now');
    expect(said('2026-01-10T12:05:00Z')).toBe('just now');
    expect(said('2026-01-10T11:58:01Z')).toBe('1 min ago');
    expect(said('2026-01-10T09:59:00Z')).toBe('2 h ago');
    expect(said('2026-01-01T00:00:00Z')).toBe('9 d ago');
    expect([said(undefined), said('yesterday')]).toEqual(['', '']);
  });
});
