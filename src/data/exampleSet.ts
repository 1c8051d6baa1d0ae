import type { DataShape } from '../protocol/capabilities';
import type { SkippedImage } from '../protocol/imageJobs';
import type { Values } from './rows';

export type Split = 'train' | 'test';

/** Examples in the order of the data set. */
export interface ExampleSet {
  readonly split: Split;
  readonly count: number;
  /** Images as bytes [count, height, width, channel], points as numbers [count, size]; read them with `examplesOf`. */
  readonly values: Values;
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
  /** Of points in a file: half the side of a square around the origin that holds them. */
  readonly extent?: number;
  /** How a file was understood, where a user may not expect it: sentences for the run's notes. */
  readonly remarks?: readonly string[];
  /** Of a folder of images: what was read of it. */
  readonly images?: ReadImages;
}

/** The files that a data set was made of. */
export interface ReadImages {
  readonly used: number;
  readonly skipped: readonly SkippedImage[];
  /** Of all images as decoded: a run that resumes with another one does not repeat the same bits. */
  readonly fingerprint: string;
  /** What a user should know besides, as sentences. */
  readonly remarks: readonly string[];
}
