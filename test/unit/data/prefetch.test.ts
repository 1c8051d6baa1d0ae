import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  BatchSource,
  PrefetchedBatches,
  trainingExamples,
  type BatchOptions,
  type ExampleSet,
} from '../../../src/data';
import { createRing, fillRing, RingReader } from '../../../src/data/batchRing';
import { bundlePrograms } from '../support/bundles';

/** Images of two pixels: the image's number, and its complement. */
const set: ExampleSet = {
  split: 'train',
  count: 200,
  values: Uint8Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? index / 2 : 255 - (index - 1) / 2)),
};
const options: BatchOptions = { batch: 16, seed: 3, binarization: 'none', scaling: 'unit' };

describe('batches that a thread prepares', () => {
  let programs: Awaited<ReturnType<typeof bundlePrograms>>;
  beforeAll(async () => {
    programs = await bundlePrograms();
  });
  afterAll(() => programs.remove());
  const open = (given: BatchOptions = options) => {
    const batches = new PrefetchedBatches(set, given, programs.batchWorker);
    onTestFinished(() => batches.dispose());
    return batches;
  };
  const expected = (step: number) =>
    [...new BatchSource(set, options).batch(step).rows].flatMap((row) =>
      [row, 255 - row].map((byte) => Math.fround(byte / 255)),
    );

  it('are those of the steps, consecutively and after jumps', () => {
    const batches = open();
    for (const step of [...Array(60).keys(), 1000, 1001, 1002, 7, 8, 9, 9, 10, 1003]) {
      expect({ step, batch: [...batches.unscaled(step)] }).toEqual({ step, batch: expected(step) });
    }
  });

  it('are black and white when binarized statically, as the bytes of a smaller set are', () => {
    const batches = open({ ...options, binarization: 'static' });
    const { values } = trainingExamples(set, [1, 2, 1], 'static', 'unit');
    const { rows } = new BatchSource(set, options).batch(5);
    const shown = [...rows].flatMap((row) => [values![2 * row]! / 255, values![2 * row + 1]! / 255]);
    expect([...batches.unscaled(5)]).toEqual(shown);
  });

  it('report when their thread has failed', () => {
    const ring = createRing(4);
    const reader = new RingReader(ring);
    const failing = () => {
      throw new Error('no data');
    };
    expect(() => fillRing(ring, failing)).toThrow('no data');
    expect(() => reader.take(0)).toThrow(/has not delivered step 0/);
  });

  it('are neither overwritten nor handed out half written when the reader jumps back', () => {
    const ring = createRing(1);
    const reader = new RingReader(ring);
    const control = new Int32Array(ring.control);
    const marks = () => [...control.subarray(control.length - 4)];
    const filled: number[] = [];
    fillRing(ring, (step) => {
      filled.push(step);
      // While the batch of step 4 takes the place of the batch of step 0, the reader goes on to 1, and then back and on.
      if (step === 3) for (const earlier of [0, 1]) reader.take(earlier);
      if (step === 4) expect(marks()).toEqual([0, 2, 3, 4]);
      if (step === 4) for (const earlier of [1, 2]) reader.take(earlier);
      if (step === 5) reader.end();
    });
    expect(filled).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('are refused at once where their program is missing', () => {
    expect(() => new PrefetchedBatches(set, options, '/nowhere/batchWorker.cjs')).toThrow(/is missing/);
  });
});
