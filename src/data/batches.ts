import { permutation } from '../engine/random/philox';
import type { Scaling } from '../engine/program';
import type { ExampleSet } from './dataset';
import { exampleAt, writeExample, type Binarization } from './scaling';

export interface BatchOptions {
  readonly batch: number;
  readonly binarization: Binarization;
  /** How the model takes the values of examples. */
  readonly scaling: Scaling;
  readonly seed: number;
  /** Orders of other streams are independent of each other; 0 if absent. */
  readonly stream?: number;
}

export interface Batch {
  /** Which example of the set each is: [batch] */
  readonly rows: Int32Array;
  readonly labels?: Uint8Array;
}

/**
 * Batches for training: each epoch shows every example once, in a new random order. The batch of a step is a pure
 * function of (seed, step), so a checkpoint needs no more than the step to go on with the same data. Where the examples
 * don't fill the last batch of an epoch it is filled up from the start of that epoch's order: all batches are full,
 * as a program's fixed shapes demand, and none mixes two epochs.
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
  /** 1 for an example, 0 for a row that only fills up: [batch] */
  readonly weights: Float32Array;
  /** Labels, if the set has any; 0 for padding rows: [batch] */
  readonly labels?: Int32Array;
  /** How many examples it holds. */
  readonly count: number;
}

/**
 * Every example once, in the order of the set. Where scaling draws it is the same draw at each evaluation: curves should
 * move because the model does.
 */
export function* evaluationBatches(set: ExampleSet, options: BatchOptions): Generator<EvaluationBatch, void, void> {
  const { batch } = options;
  const { values } = set;
  const size = values.length / set.count;
  const key = { ...options, split: set.split };
  for (let start = 0; start < set.count; start += batch) {
    const count = Math.min(batch, set.count - start);
    const examples = new Float32Array(batch * size);
    for (let row = 0; row < count; row++) {
      writeExample(key, start + row, exampleAt(values, start + row, size), examples, row * size);
    }
    const labels = set.labels && Int32Array.from({ length: batch }, (_, row) => set.labels![start + row] ?? 0);
    yield { examples, weights: new Float32Array(batch).fill(1, 0, count), labels, count };
  }
}
