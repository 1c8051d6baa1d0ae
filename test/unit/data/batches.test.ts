import { describe, expect, it } from 'vitest';
import { BatchSource, evaluationBatches } from '../../../src/data';
import type { BatchOptions, ExampleSet } from '../../../src/data';
import { valuesOf } from '../support/valuesOf';

/** Images of one pixel whose value is the image's number. */
const numbered = (count: number): ExampleSet => ({
  split: 'train',
  count,
  values: Uint8Array.from({ length: count }, (_, index) => index),
  labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
});

const options: BatchOptions = { batch: 4, binarization: 'none', scaling: 'unit', seed: 1 };

function epochOf(source: BatchSource, epoch: number): number[] {
  const steps = Array.from({ length: source.stepsPerEpoch }, (_, step) =>
    source.batch(epoch * source.stepsPerEpoch + step),
  );
  return steps.flatMap(({ rows }) => [...rows]);
}

describe('batches for training', () => {
  it('show every image once an epoch, in another order each epoch', () => {
    const source = new BatchSource(numbered(12), options);
    expect(source.stepsPerEpoch).toBe(3);
    const orders = [0, 1, 2].map((epoch) => epochOf(source, epoch));
    for (const order of orders) expect(order.toSorted((a, b) => a - b)).toEqual([...valuesOf(numbered(12))]);
    expect(new Set(orders.map(String)).size).toBe(3);
  });

  it('fill an epoch’s last batch up from its own start', () => {
    const source = new BatchSource(numbered(10), options);
    const order = epochOf(source, 1);
    expect(order).toHaveLength(12);
    expect(order.slice(10)).toEqual(order.slice(0, 2));
    expect(new Set(order.slice(0, 10)).size).toBe(10);
  });

  it('repeat a set that is smaller than a batch', () => {
    const { rows } = new BatchSource(numbered(3), { ...options, batch: 7 }).batch(0);
    expect([...rows.slice(0, 3)].toSorted()).toEqual([0, 1, 2]);
    expect([...rows.slice(3, 6)]).toEqual([...rows.slice(0, 3)]);
  });

  it('depend on seed and step alone, so that training can continue anywhere', () => {
    const straight = new BatchSource(numbered(10), options);
    for (let step = 0; step < 9; step++) straight.batch(step);
    expect(straight.batch(9)).toEqual(new BatchSource(numbered(10), options).batch(9));
    const otherSeed = new BatchSource(numbered(10), { ...options, seed: 2 });
    expect(epochOf(otherSeed, 0)).not.toEqual(epochOf(straight, 0));
  });

  it('hold the labels of their images', () => {
    const { rows, labels } = new BatchSource(numbered(256), options).batch(5);
    for (const [position, row] of rows.entries()) {
      expect(labels![position]).toBe(row % 10);
    }
  });
});

describe('batches for evaluation', () => {
  it('hold every image once, in order; rows that only fill up weigh nothing', () => {
    const batches = [...evaluationBatches(numbered(10), options)];
    expect(batches.map(({ count }) => count)).toEqual([4, 4, 2]);
    expect(batches.flatMap(({ weights }) => [...weights])).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    const pixels = batches.flatMap(({ examples }) => [...examples]).map((value) => Math.round(value * 255));
    expect(pixels).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0]);
  });
});
