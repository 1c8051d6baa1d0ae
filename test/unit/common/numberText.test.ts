import { describe, expect, it } from 'vitest';
import { formatSteady, formatValue, formatWhole } from '../../../src/common/numberText';

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
