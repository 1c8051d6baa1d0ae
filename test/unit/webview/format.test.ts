import { describe, expect, it } from 'vitest';
import { describeX } from '../../../webview/shared/axis';
import { formatRate } from '../../../webview/shared/format';

describe('numbers for people', () => {
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
