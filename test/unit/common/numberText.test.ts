import { describe, expect, it } from 'vitest';
import { formatRate, formatSteady, formatValue, formatWhole } from '../../../src/common/numberText';

describe('numbers for people', () => {
  it.each([
    [105.2134, '105.21'],
    [0.001, '0.001'],
    [0, '0'],
    [-3.5, '−3.5'],
    [1234567, '1.23e6'],
    [12345.6, '12,346'],
    [0.0000125, '1.25e-5'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
    [null, '–'],
  ])('writes %s as %s', (value, text) => expect(formatValue(value)).toBe(text));

  it('keeps the number of digits where values follow each other', () => {
    expect([105.2, 105.25, 9.5, 0.5, 1234.56].map(formatSteady)).toEqual([
      '105.20',
      '105.25',
      '9.500',
      '0.5000',
      '1234.6',
    ]);
  });

  it.each([
    [12_345.6, '12,346 steps/s'],
    [1234.5, '1,235 steps/s'],
    [999.6, '1,000 steps/s'],
    [168.3, '168 steps/s'],
    [86.42, '86.4 steps/s'],
    [5.04, '5 steps/s'],
    [0.25, '4 s/step'],
    [0.0005, '2,000 s/step'],
    [0, '0 steps/s'],
  ])('writes a rate of %d as %s', (rate, text) => expect(formatRate(rate)).toBe(text));

  it('groups the digits of whole numbers', () => {
    expect([0, 999, 1000, 4_690_000, 12_345_678, -1234.4, -0.3].map(formatWhole)).toEqual([
      '0',
      '999',
      '1,000',
      '4,690,000',
      '12,345,678',
      '−1,234',
      '0',
    ]);
  });
});
