import { workerData } from 'node:worker_threads';
import { fillRing } from './batchRing';
import { BatchSource } from './batches';
import { imageAt, writePixels } from './binarization';
import type { BatchWorkerData } from './prefetch';

/** The worker thread that prefetches batches of a large data set. */
const { ring, set, options, imageSize } = workerData as BatchWorkerData;
const source = new BatchSource(set, options);
const key = { kind: options.binarization, seed: options.seed, split: set.split };
fillRing(ring, (step, into) => {
  source.batch(step).rows.forEach((row, position) => {
    writePixels(key, row, imageAt(set, row, imageSize), into, position * imageSize);
  });
});
