import { workerData } from 'node:worker_threads';
import { fillRing } from './batchRing';
import { BatchSource } from './batches';
import type { BatchWorkerData } from './prefetch';
import { examplesOf } from './rows';
import { writeUnscaled } from './scaling';

/** The worker thread that prefetches batches of a large data set. */
const { ring, set, options, size } = workerData as BatchWorkerData;
const source = new BatchSource(set, options);
const key = { ...options, split: set.split };
fillRing(ring, (step, into) => {
  source.batch(step).rows.forEach((row, position) => {
    writeUnscaled(key, row, examplesOf(set, row, 1), into, position * size);
  });
});
