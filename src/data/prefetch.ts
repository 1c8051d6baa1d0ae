import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { RingReader, createRing, type SharedRing } from './batchRing';
import type { BatchOptions } from './batches';
import type { ExampleSet } from './exampleSet';

export interface BatchWorkerData {
  readonly ring: SharedRing;
  readonly set: ExampleSet;
  readonly options: BatchOptions;
  /** Number of values of an example. */
  readonly size: number;
}

/**
 * Batches of a large data set before scaling, prepared by a separate thread while the program trains. The examples of a
 * step are the same as without prefetching (`BatchSource`).
 */
export class PrefetchedBatches {
  /** Number of values of a batch. */
  readonly length: number;
  private readonly reader: RingReader;
  private readonly worker: Worker;

  /** `program` is the bundle of `batchWorker.ts`. Images binarized statically come as 0 and 1. */
  constructor(set: ExampleSet, options: BatchOptions, program: string) {
    const values = shared(set.values);
    const size = values.length / set.count;
    this.length = options.batch * size;
    const ring = createRing(this.length);
    const { batch, seed, stream, binarization, scaling } = options;
    const workerData: BatchWorkerData = {
      ring,
      set: { split: set.split, count: set.count, labels: set.labels, values },
      options: { batch, seed, stream, binarization, scaling },
      size,
    };
    this.reader = new RingReader(ring);
    // A thread blocked on a batch receives no events, so a missing program must be detected first.
    if (!existsSync(program)) throw new Error(`The worker program for large data sets is missing: ${program}.`);
    this.worker = new Worker(program, { workerData });
    this.worker.unref();
    this.worker.on('error', () => this.reader.end());
  }

  /** Examples [batch, …] of a step, bytes as numbers in [0, 1]; valid until the next call. */
  unscaled(step: number): Float32Array {
    return this.reader.take(step);
  }

  dispose(): void {
    this.reader.end();
    void this.worker.terminate();
  }
}

/** The same values in shared memory; not copied if they already are. */
function shared(values: Uint8Array | Float32Array): Uint8Array | Float32Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const memory = new SharedArrayBuffer(values.byteLength);
  const copy = values instanceof Uint8Array ? new Uint8Array(memory) : new Float32Array(memory);
  copy.set(values);
  return copy;
}
