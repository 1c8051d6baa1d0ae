import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { RingReader, createRing, type SharedRing } from './batchRing';
import { BatchSource, type BatchOptions } from './batches';
import type { ExampleSet } from './exampleSet';
import { exampleLength, examplesOf, isStored, type Values } from './rows';

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
  private readonly source: BatchSource;

  /** `program` is the bundle of `batchWorker.ts`. Images binarized statically come as 0 and 1. */
  constructor(
    private readonly set: ExampleSet,
    options: BatchOptions,
    program: string,
  ) {
    this.source = new BatchSource(set, options);
    const values = shared(set.values);
    const size = exampleLength(set);
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
    try {
      return this.reader.take(step);
    } catch (error) {
      // The thread cannot say why it failed while this one waits; rows of a damaged file fail here in the same way.
      for (const row of this.source.batch(step).rows) examplesOf(this.set, row, 1);
      throw error;
    }
  }

  dispose(): void {
    this.reader.end();
    void this.worker.terminate();
  }
}

/** The same values where both threads read them: in shared memory, not copied if they already are, or in their file. */
function shared(values: Values): Values {
  if (isStored(values)) return values;
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const memory = new SharedArrayBuffer(values.byteLength);
  const copy = values instanceof Uint8Array ? new Uint8Array(memory) : new Float32Array(memory);
  copy.set(values);
  return copy;
}
