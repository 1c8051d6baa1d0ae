import { describe, expect, it } from 'vitest';
import { editToTakeBack, isRepeated } from '../../../src/protocol/lastEdit';

const edit = { step: 31, name: 'beta', before: 1, value: 5 };
const ended = { status: 'stopped', changes: [edit], resumesFrom: 30 } as const;

describe('the edit that a resume is offered without', () => {
  it('is one that came after the newest checkpoint, however the run ended', () => {
    expect(editToTakeBack(ended)).toBe(edit);
    expect(editToTakeBack({ ...ended, status: 'interrupted' })).toBe(edit);
    expect(editToTakeBack({ ...ended, status: 'failed', failure: { kind: 'disk' } })).toBe(edit);
    expect(editToTakeBack({ ...ended, resumesFrom: 0 })).toBe(edit);
  });

  it('is none that the checkpoint has seen, but where the run diverged', () => {
    const seen = { ...ended, resumesFrom: 31 };
    expect(editToTakeBack(seen)).toBeUndefined();
    expect(editToTakeBack({ ...seen, status: 'failed', failure: { kind: 'disk' } })).toBeUndefined();
    const diverged = { ...seen, status: 'failed', failure: { kind: 'not-a-number' } } as const;
    expect(editToTakeBack(diverged)).toBe(edit);
    expect([isRepeated(edit, 31), isRepeated(edit, 30)]).toEqual([false, true]);
    // A run that was resumed since keeps in its record how it failed before.
    expect(editToTakeBack({ ...diverged, status: 'stopped' })).toBeUndefined();
  });

  it('excludes undone edits, live and finished runs, and runs that were not looked up', () => {
    const back = { step: 40, name: 'beta', before: 5, value: 1, takesBack: 31 };
    expect(editToTakeBack({ ...ended, changes: [edit, back] })).toBeUndefined();
    for (const status of ['running', 'paused', 'finished', 'created'] as const)
      expect(editToTakeBack({ ...ended, status })).toBeUndefined();
    expect(editToTakeBack({ ...ended, resumesFrom: undefined })).toBeUndefined();
  });
});
