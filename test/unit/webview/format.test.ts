import { describe, expect, it } from 'vitest';
import { describeX } from '../../../webview/shared/axis';
import { formatRate, formatSteady, formatStep, formatValue } from '../../../webview/shared/format';

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

  it('groups the digits of steps', () => expect(formatStep(4_690_000)).toBe('4,690,000'));

  it.each([
    [168.3, '168 steps/s'],
    [5.04, '5 steps/s'],
    [0.25, '4 s/step'],
    [0, '0 steps/s'],
  ])('writes a rate of %d as %s', (rate, text) => expect(formatRate(rate)).toBe(text));

  it('names a place on each axis', () => {
    expect([describeX('step', 1200.4), describeX('epoch', 2.559), describeX('time', 125)]).toEqual([
      'step 1,200',
      'epoch 2.56',
      '2 min 5 s',
    ]);
  });
});
