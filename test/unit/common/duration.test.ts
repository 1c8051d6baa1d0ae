import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../src/common/duration';

describe('durations for people', () => {
  it.each([
    [0.4, '0 s'],
    [9, '9 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [3840, '1 h 04 min'],
    [90_000, '1 d 1 h'],
  ])('writes %d seconds as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});
