import { permutation } from '../engine/random/philox';
import type { Scaling } from '../engine/program';
import type { ExampleSet } from './exampleSet';
import { examplesOf, exampleLength } from './rows';
import { exampleAt, writeExample, type Binarization } from './scaling';

export interface BatchOptions {
  readonly batch: number;
  readonly binarization: Binarization;
  /** How the values of examples are scaled for the model. */
  readonly scaling: Scaling;
  readonly seed: number;
  /** Independent random orders for different streams; 0 if absent. */
  readonly stream?: number;
}

export interface Batch {
  /** Index of each example in the data set: [batch] */
  readonly rows: Int32Array;
  readonly labels?: Uint8Array;
}

/**
 * Batches for training: each epoch contains every example once, in a new random order. The batch of a step is a pure
 * function of (seed, step), so a checkpoint needs only the step to continue with the same data. If the examples do not
 * fill the last batch of an epoch, it is filled up from the start of that epoch's order: all batches are full, as a
 * program's fixed shapes require, and none mixes two epochs.
 */
export class BatchSource {
  readonly stepsPerEpoch: number;
  private epoch = -1;
  private order: Uint32Array = new Uint32Array(0);

  constructor(
    private readonly set: ExampleSet,
    private readonly options: Pick<BatchOptions, 'batch' | 'seed' | 'stream'>,
  ) {
    this.stepsPerEpoch = Math.ceil(set.count / options.batch);
  }

  /** The examples of step `step`, counted from 0. */
  batch(step: number): Batch {
    const { batch } = this.options;
    const { count, labels } = this.set;
    this.turnTo(Math.floor(step / this.stepsPerEpoch));
    const start = (step % this.stepsPerEpoch) * batch;
    const rows = Int32Array.from({ length: batch }, (_, row) => this.order[(start + row) % count]!);
    return { rows, labels: labels && Uint8Array.from(rows, (row) => labels[row]!) };
  }

  private turnTo(epoch: number): void {
    if (this.epoch === epoch) return;
    const { seed, stream = 0 } = this.options;
    this.order = permutation(this.set.count, seed, stream, epoch);
    this.epoch = epoch;
  }
}

export interface EvaluationBatch {
  /** [batch, …]; rows after the last example are zeros. */
  readonly examples: Float32Array;
  /** 1 for an example, 0 for a padding row: [batch] */
  readonly weights: Float32Array;
  /** Labels, if the set has any; 0 for padding rows: [batch] */
  readonly labels?: Int32Array;
  /** Number of examples in it. */
  readonly count: number;
}

/**
 * Every example once, in the order of the data set. If scaling draws random numbers, they are the same at each
 * evaluation: curves should change only because the model does.
 */
export function* evaluationBatches(set: ExampleSet, options: BatchOptions): Generator<EvaluationBatch, void, void> {
  const { batch } = options;
  const size = exampleLength(set);
  const key = { ...options, split: set.split };
  for (let start = 0; start < set.count; start += batch) {
    const count = Math.min(batch, set.count - start);
    const values = examplesOf(set, start, count);
    const examples = new Float32Array(batch * size);
    for (let row = 0; row < count; row++) {
      writeExample(key, start + row, exampleAt(values, row, size), examples, row * size);
    }
    const labels = set.labels && Int32Array.from({ length: batch }, (_, row) => set.labels![start + row] ?? 0);
    yield { examples, weights: new Float32Array(batch).fill(1, 0, count), labels, count };
  }
}
