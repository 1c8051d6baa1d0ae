import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { pixelsOf, type ImageShape } from '../common/imageShape';
import { RingReader, createRing, type SharedRing } from './batchRing';
import type { BatchOptions } from './batches';
import type { ImageSet } from './dataset';

/** Sets up to this size are kept where the program runs; a step then waits for nothing but their rows' numbers. */
export const MOST_RESIDENT_BYTES = 2 ** 30;

export interface BatchWorkerData {
  readonly ring: SharedRing;
  readonly set: ImageSet;
  readonly options: BatchOptions;
  readonly imageSize: number;
}

/**
 * Intensities of the batches of a large data set, prepared by a thread of their own while the program trains. Which
 * images a step has is the same as always (`BatchSource`).
 */
export class PrefetchedBatches {
  private readonly reader: RingReader;
  private readonly worker: Worker;

  /** `program` is the bundle of `batchWorker.ts`. With static binarization the intensities are 0 and 1. */
  constructor(set: ImageSet, imageShape: ImageShape, options: BatchOptions, program: string) {
    const imageSize = pixelsOf(imageShape);
    const ring = createRing(options.batch * imageSize);
    const binarization = options.binarization === 'static' ? 'static' : 'none';
    const workerData: BatchWorkerData = {
      ring,
      set: { ...set, images: shared(set.images) },
      options: { batch: options.batch, seed: options.seed, stream: options.stream, binarization },
      imageSize,
    };
    this.reader = new RingReader(ring);
    // A thread blocked on a batch receives no events, so a missing program must be detected first.
    if (!existsSync(program)) throw new Error(`The worker program for large data sets is missing: ${program}.`);
    this.worker = new Worker(program, { workerData });
    this.worker.unref();
    this.worker.on('error', () => this.reader.end());
  }

  /** Images [batch, height, width, channel] of a step, valid until the next call. */
  intensities(step: number): Float32Array {
    return this.reader.take(step);
  }

  dispose(): void {
    this.reader.end();
    void this.worker.terminate();
  }
}

/** The same bytes in shared memory; not copied if they are already shared. */
function shared(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
