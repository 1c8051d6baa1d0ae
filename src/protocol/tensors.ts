/**
 * The messages between the tensor service (a worker thread that reads tensor files) and its clients. A file is
 * identified by the key under which its client opened it, a tensor by its index in the file's table, so that names in a
 * malicious file are never used as keys. Answers are forwarded to webviews, whose messages are JSON except for typed
 * arrays: values that may not be finite are in such an array, or null.
 */

/** One row of a file's table. */
export interface TensorRow {
  readonly name: string;
  /** The name in the safetensors format ("F32", "BF16"); for other types, that of the file's own format ("S4"). */
  readonly type: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly bytes: number;
  /** Why its values cannot be shown; absent if they can. */
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
  /** The extension of its name, if it belongs to another format: ".safetensors" of a NumPy archive. */
  readonly misnamed?: string | undefined;
  /** Total size of all its files. */
  readonly size: number;
  /** Number of files with tensors; an index that refers to them is not counted. */
  readonly files: number;
  readonly tensors: number;
  /** Elements of all tensors. */
  readonly parameters: number;
  /** The file's metadata, with long values truncated. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The first rows, which are all rows of most files. */
  readonly table: TensorRows['table'];
}

/** Rows of a file's table from an index, as many as fit a small message. */
export interface TensorRows {
  /** JSON in UTF-8, so that intermediaries need not parse it. */
  readonly table: Uint8Array;
}

/** Over finite values, unless stated otherwise. */
export interface TensorStatistics {
  readonly elements: number;
  /** Null if no value is finite, or if a sum exceeds a double. */
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
  /** Counts of values in equal parts of [minimum, maximum]; empty if no value is finite. */
  readonly counts: Float64Array;
}

/** Maximum number of tensors per answer. */
export const MOST_MEASURED_TOGETHER = 256;

/** Statistics of several tensors, in the order of the request. */
export interface StatisticsBatch {
  readonly each: readonly ({ readonly statistics: PackedStatistics } | { readonly problem: string })[];
  /** Concatenated for all tensors, since a message with hundreds of arrays is slow. */
  readonly counts: Float64Array;
}

export interface PackedStatistics extends Omit<TensorStatistics, 'counts'> {
  /** Number of its entries in {@link StatisticsBatch.counts}. */
  readonly bins: number;
}

/** A window of the last two dimensions, at indices `leading` of the others. */
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
  /** The same as exact decimals if a double is not precise enough (64-bit integers). */
  readonly texts?: readonly string[];
}

/** How a tensor is divided into pictures; see src/common/tileLayout.ts. */
export interface TileQuery {
  /** Index into the layouts for the tensor's shape. */
  readonly layout: number;
  /** By norm, largest first. */
  readonly sorted: boolean;
}

export interface TensorTiles {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly count: number;
  /** Total number of pictures. */
  readonly total: number;
  /** Indices of the pictures, in the order in which they are shown. */
  readonly indices: Float64Array;
  readonly norms: Float64Array;
  /** [count, height, width, channel]. */
  readonly values: Float32Array;
  /** The largest magnitude of the finite values. */
  readonly scale: number;
}

/** `unknown`: of the same shape, but with values that cannot be read or compared. */
export const DIFFERENCES = ['same', 'changed', 'added', 'removed', 'reshaped', 'unknown'] as const;
export type Difference = (typeof DIFFERENCES)[number];

/**
 * How the tensors of a file differ from those with the same names in another, as columns: first those of the file in
 * the order of its table, then those that only the other file has.
 */
export interface Comparison {
  /** Indices into {@link DIFFERENCES}. */
  readonly what: Uint8Array;
  /**
   * ‖file − other‖ / ‖other‖ over finite values; Infinity if the other is all zero; NaN if it is undefined, or if
   * values became or ceased to be NaN or infinite.
   */
  readonly relative: Float64Array;
  /** Of the magnitudes of all differences, NaN likewise. */
  readonly largest: Float64Array;
  /** {@link OtherRow}s as JSON in UTF-8: for two large files there may be half a million. */
  readonly others: Uint8Array;
}

/** A row of the other file that is new or different; `at` is the position in the columns of a {@link Comparison}. */
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
/** Client → service. Each is answered once: with a value, or with an error message. */
export type TensorRequest =
  /**
   * Opens `path` as `file`; with `bytes`, the contents, which are not on a local disk. To cancel, the caller writes a
   * nonzero value into `halt` (a shared Int32Array of one element), which is checked even while no message can be
   * received.
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
  /** Small tensors only: there is no progress until all are measured. */
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
  /** Answered at once unless the thread is blocked. */
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
  /** From 0 to 1; while opening a file, a description. */
  | { readonly type: 'progress'; readonly id: number; readonly done: number; readonly activity?: string };
