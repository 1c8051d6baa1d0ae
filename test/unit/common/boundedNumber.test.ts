import { describe, expect, it } from 'vitest';
import { parseBounded } from '../../../src/common/boundedNumber';

const range = { title: 'Learning rate', minimum: 0, maximum: 10 };

describe('a typed number', () => {
  it.each([
    ['0.001', 0.001],
    [' 1e-3 ', 1e-3],
    ['.5', 0.5],
    ['10', 10],
    ['0', 0],
  ])('%j is %d', (text, value) => expect(parseBounded(text, range)).toEqual({ value }));

  it.each(['', '  ', 'x', '1,5', '0x10', 'Infinity', 'NaN', '1e', '--1'])('%j is none', (text) =>
    expect(parseBounded(text, range)).toHaveProperty('problem'),
  );

  it.each(['-1', '−0.1', '10.1', '1e999'])('%j is out of range, and the range is stated', (text) =>
    expect(parseBounded(text, range)).toEqual({ problem: 'Learning rate must be between 0 and 10.' }),
  );
});
