/**
 * What the log service (a worker thread that decodes event files) and its clients say to each other, and the shapes in
 * which series travel. The columns of a series are of equal length, ordered as logged after the restart rule was applied.
 */

export interface ScalarColumns {
  readonly steps: Float64Array;
  /** Seconds since 1970. */
  readonly walls: Float64Array;
  readonly values: Float64Array;
}

/** Points of one tag from index `start` on: what the receiver holds from there on is replaced (a resume cuts back). */
export interface ScalarDelta extends ScalarColumns {
  readonly tag: string;
  readonly start: number;
}

/**
 * Values that stay on disk until they are asked for, one tag and step at a time: of each tag a list of its steps is told.
 */
export const LOCATED_KINDS = ['images', 'histograms', 'tensors'] as const;
export type LocatedKind = (typeof LOCATED_KINDS)[number];

/** The steps, ascending, at which a tag was logged. */
export interface LoggedSteps {
  readonly tag: string;
  readonly steps: Float64Array;
}

/**
 * What has changed in a run's log since the last update; in a snapshot, all of it, but for series that are too many for one
 * message: the next updates hold those from their first point on.
 */
export interface LogUpdate extends SeriesUpdate {
  /** The run directory. */
  readonly run: string;
  /** All that is wrong in the files so far, in words ("record at byte 8123 of … is damaged and was skipped"). */
  readonly problems: readonly string[];
}

/** The series that changed; of what is located, the tags whose list of steps changed, with the whole new list. */
export interface SeriesUpdate extends Readonly<Record<LocatedKind, readonly LoggedSteps[]>> {
  readonly scalars: readonly ScalarDelta[];
}

/** How values were distributed at a step: `counts[i]` of them between `limits[i]` and `limits[i + 1]`. */
export interface HistogramSample {
  readonly step: number;
  /** Ascending edges, one more than there are buckets; both empty when nothing was counted. */
  readonly limits: Float64Array;
  readonly counts: Float64Array;
}

/** Numbers as they were logged, rounded to 32 bits. */
export interface LoggedTensor {
  readonly step: number;
  /** [] for a single number; its product is the number of values. */
  readonly shape: readonly number[];
  /** The last axis fastest. */
  readonly values: Float32Array;
}

/** Client → service. Requests have an id and are answered once. */
export type LogServiceRequest =
  /** `opening` comes back with each update: those of a run that was closed, and is open again, are told apart by it. */
  | { readonly type: 'open'; readonly run: string; readonly opening: number }
  | { readonly type: 'close'; readonly run: string }
  /** Bytes that a live trainer announced; ignored unless they continue what was read from the file. */
  | {
      readonly type: 'feed';
      readonly run: string;
      readonly file: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'refresh'; readonly run: string }
  /** `tag`: of this one alone. */
  | { readonly type: 'snapshot'; readonly id: number; readonly run: string; readonly tag?: string }
  | { readonly type: 'image'; readonly id: number; readonly run: string; readonly tag: string; readonly step: number }
  /** Those at step `from` and later. */
  | {
      readonly type: 'histograms';
      readonly id: number;
      readonly run: string;
      readonly tag: string;
      readonly from: number;
    }
  | { readonly type: 'tensor'; readonly id: number; readonly run: string; readonly tag: string; readonly step: number }
  /** The answer of the request with this number is no longer wanted: it fails, sooner than it would be answered. */
  | { readonly type: 'cancel'; readonly id: number };

/** An encoded image as it stands in the log (PNG or JPEG; size as announced, not yet checked against the bytes). */
export interface LoggedImage {
  readonly step: number;
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export type LogServiceMessage =
  | { readonly type: 'update'; readonly opening: number; readonly update: LogUpdate }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly value: LogUpdate | LoggedImage | LoggedTensor | readonly HistogramSample[] | null;
    }
  | { readonly type: 'failure'; readonly id: number; readonly message: string };
