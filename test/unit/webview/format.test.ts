import { describe, expect, it } from 'vitest';
import { describeX } from '../../../webview/shared/axis';

describe('numbers for people', () => {
  it('names a place on each axis', () => {
    expect([describeX('step', 1200.4), describeX('epoch', 2.559), describeX('time', 125)]).toEqual([
      'step 1,200',
      'epoch 2.56',
      '2 min 5 s',
    ]);
  });
});
