import { expect, it } from 'vitest';
import { bitsPerDimension } from '../../../src/models/metrics';

it('bits per dimension are nats over the numbers of an example and log 2', () => {
  const means = new Map([['nll', { shape: [], values: Float64Array.of(64 * Math.LN2) }]]);
  expect(bitsPerDimension('nll', 64)(means)).toEqual({ 'test/bits_per_dimension': 1 });
});
