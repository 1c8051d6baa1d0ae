/**
 * What the tensor service (a worker thread that reads files of tensors) and its clients say to each other. A file is
 * named by the key that its client opened it under, a tensor by its index in the file's table, so that no name of a
 * hostile file is ever a key. Answers go on to webviews, whose messages are JSON but for typed arrays: what may not be
 * finite is in such an array, or null.
 */

/** One row of a file's table. */
export interface TensorRow {
  readonly name: string;
  /** As the safetensors format calls it ("F32", "BF16"); what has no such name, as its own format does ("S4"). */
  readonly type: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly bytes: number;
  /** Why its values cannot be shown, in words; absent where they can. */
  readonly problem?: string;
}

export type TensorFormat =
  | 'safetensors'
  | 'sharded safetensors'
  | 'NumPy array'
  | 'NumPy archive'
  | 'TensorFlow.js'
  | 'HDF5'
  | 'Keras'
  | 'sharded Keras';

export interface TensorFileSummary {
  readonly format: TensorFormat;
  /** The extension of its name, where that belongs to another format: ".safetensors" of a NumPy archive. */
  readonly misnamed?: string | undefined;
  /** Bytes of all files that it consists of. */
  readonly size: number;
  /** Those that hold tensors; an index that names them is not counted. */
  readonly files: number;
  readonly tensors: number;
  /** Elements of all tensors. */
  readonly parameters: number;
  /** What the file says of itself, long values cut. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The first rows, which are all of most files. */
  readonly table: TensorRows['table'];
}

/** Rows of a file's table from one on; as many as make a small message. */
export interface TensorRows {
  /** As JSON in UTF-8: who only hands them on need not look through them. */
  readonly table: Uint8Array;
}

/** Of the finite values, unless it is said otherwise. */
export interface TensorStatistics {
  readonly elements: number;
  /** These are null where no value is finite, or where a sum is larger than a double. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
  /** Of the population (divided by the number of values). */
  readonly deviation: number | null;
  readonly zeros: number;
  readonly nan: number;
  readonly infinite: number;
  /** Square root of the sum of squares. */
  readonly norm: number | null;
  /** How many values lie in each of as many equal parts of [minimum, maximum]; empty where no value is finite. */
  readonly counts: Float64Array;
}

/** Of so many tensors statistics are given in one answer. */
export const MOST_MEASURED_TOGETHER = 256;

/** Statistics of several tensors, in the order in which they were asked for. */
export interface StatisticsBatch {
  readonly each: readonly ({ readonly statistics: PackedStatistics } | { readonly problem: string })[];
  /** Of all of them, one after the other: a message with hundreds of arrays takes its time. */
  readonly counts: Float64Array;
}

export interface PackedStatistics extends Omit<TensorStatistics, 'counts'> {
  /** So many of {@link StatisticsBatch.counts} are its own. */
  readonly bins: number;
}

/** A window of the last two dimensions, at `leading` indices of the others. */
export interface SliceQuery {
  readonly leading: readonly number[];
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

export interface TensorSlice extends SliceQuery {
  /** Row-major. A complex number takes two. */
  readonly values: Float64Array;
  /** The same as exact decimals where a double is too small for that (64-bit integers). */
  readonly texts?: readonly string[];
}

/** How a tensor is cut into pictures; see src/common/tileLayout.ts. */
export interface TileQuery {
  /** Index into the layouts that the tensor's shape gives. */
  readonly layout: number;
  /** By norm, largest first. */
  readonly sorted: boolean;
}

export interface TensorTiles {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly count: number;
  /** How many there are in all. */
  readonly total: number;
  /** Which ones they are, in the order in which they are shown. */
  readonly indices: Float64Array;
  readonly norms: Float64Array;
  /** [count, height, width, channel]. */
  readonly values: Float32Array;
  /** The largest magnitude of the finite values. */
  readonly scale: number;
}

/** `unknown`: of the same shape, but with values that cannot be read, or not be held against each other. */
export const DIFFERENCES = ['same', 'changed', 'added', 'removed', 'reshaped', 'unknown'] as const;
export type Difference = (typeof DIFFERENCES)[number];

/**
 * How the tensors of a file differ from those of the same names in another: columns, first those of the file in the order
 * of its table, then those that only the other has.
 */
export interface Comparison {
  /** Indices into {@link DIFFERENCES}. */
  readonly what: Uint8Array;
  /**
   * ‖file − other‖ / ‖other‖ over what is finite; Infinity where the other is all zero; NaN where it cannot be said, and
   * where values came to be NaN or infinite, or ceased to be.
   */
  readonly relative: Float64Array;
  /** Of the magnitudes of all differences, NaN likewise. */
  readonly largest: Float64Array;
  /** {@link OtherRow}s as JSON in UTF-8: of two large files these may be half a million. */
  readonly others: Uint8Array;
}

/** How the other file has what it alone has, or has otherwise; `at` is the position in the columns of a {@link Comparison}. */
export interface OtherRow {
  readonly at: number;
  readonly row: TensorRow;
}

/** A tensor's norm in the checkpoints of a run, by ascending step. */
export interface NormColumns {
  readonly steps: Float64Array;
  readonly norms: Float64Array;
}

interface Question {
  readonly id: number;
}
/** Client → service. Each is answered once: with a value, or with a failure in words. */
export type TensorRequest =
  /**
   * Opens `path` under the name `file`; with `bytes` these, which are not on a disk of this machine. Whoever calls it off
   * writes something else than 0 into `halt` (an Int32Array of one element), which is seen while no message is.
   */
  | ({
      readonly type: 'open';
      readonly file: string;
      readonly path: string;
      readonly bytes?: Uint8Array;
      readonly halt?: SharedArrayBuffer;
    } & Question)
  | ({ readonly type: 'rows'; readonly file: string; readonly from: number } & Question)
  | ({ readonly type: 'statistics'; readonly file: string; readonly tensor: number } & Question)
  /** Small ones: nothing is heard of it before all are measured. */
  | ({ readonly type: 'statisticsOfMany'; readonly file: string; readonly tensors: readonly number[] } & Question)
  | ({ readonly type: 'slice'; readonly file: string; readonly tensor: number; readonly query: SliceQuery } & Question)
  | ({ readonly type: 'tiles'; readonly file: string; readonly tensor: number; readonly query: TileQuery } & Question)
  | ({ readonly type: 'compare'; readonly file: string; readonly other: string } & Question)
  | ({
      readonly type: 'norms';
      readonly file: string;
      readonly tensor: number;
      readonly others: readonly { readonly file: string; readonly step: number }[];
    } & Question)
  | { readonly type: 'close'; readonly file: string }
  | { readonly type: 'cancel'; readonly id: number }
  /** Answered at once by a thread that nothing keeps from it. */
  | { readonly type: 'ping' };

export interface TensorResults {
  open: TensorFileSummary;
  rows: TensorRows;
  statistics: TensorStatistics;
  statisticsOfMany: StatisticsBatch;
  slice: TensorSlice;
  tiles: TensorTiles;
  compare: Comparison;
  norms: NormColumns;
}
export type TensorQuestion = keyof TensorResults;

export type TensorMessage =
  | { readonly type: 'pong' }
  | { readonly type: 'answer'; readonly id: number; readonly value: TensorResults[TensorQuestion] }
  | { readonly type: 'failure'; readonly id: number; readonly message: string }
  /** From 0 to 1; of opening a file in words. */
  | { readonly type: 'progress'; readonly id: number; readonly done: number; readonly activity?: string };
