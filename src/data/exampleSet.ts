import type { DataShape } from '../protocol/capabilities';

export type Split = 'train' | 'test';

/** Examples in the order of the data set. */
export interface ExampleSet {
  readonly split: Split;
  readonly count: number;
  /** Images as bytes [count, height, width, channel], points as numbers [count, size]. */
  readonly values: Uint8Array | Float32Array;
  /** [count] */
  readonly labels?: Uint8Array;
}

export interface Dataset {
  readonly name: string;
  /** Names of the labels, if known. */
  readonly classes?: readonly string[];
  readonly train: ExampleSet;
  readonly test: ExampleSet;
  readonly shape: DataShape;
}
