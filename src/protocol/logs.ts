/**
 * The messages between the log service (a worker thread that decodes event files) and its clients, and the format of
 * series. The columns of a series have equal length, in logged order after the restart rule was applied.
 */

export interface ScalarColumns {
  readonly steps: Float64Array;
  /** Seconds since 1970. */
  readonly walls: Float64Array;
  readonly values: Float64Array;
}

/**
 * Points of one tag from index `start` on, which replace all points that the receiver has from there (a resume cuts
 * back).
 */
export interface ScalarDelta extends ScalarColumns {
  readonly tag: string;
  readonly start: number;
}

/**
 * Kinds of values that stay on disk until they are requested, one tag and step at a time; for each tag only the list of
 * steps is sent.
 */
export const LOCATED_KINDS = ['images', 'histograms', 'tensors'] as const;
export type LocatedKind = (typeof LOCATED_KINDS)[number];

/** The steps, ascending, at which a tag was logged. */
export interface LoggedSteps {
  readonly tag: string;
  readonly steps: Float64Array;
}

/**
 * Changes in a run's log since the last update; in a snapshot, everything, except for series that do not fit into one
 * message: the following updates contain those from their first point on.
 */
export interface LogUpdate extends SeriesUpdate {
  /** The run directory. */
  readonly run: string;
  /** All problems found in the files, for users ("record at byte 8123 of … is damaged and was skipped"). */
  readonly problems: readonly string[];
}

/** The series that changed; for located values, the tags whose list of steps changed, with the whole new list. */
export interface SeriesUpdate extends Readonly<Record<LocatedKind, readonly LoggedSteps[]>> {
  readonly scalars: readonly ScalarDelta[];
}

/** A distribution at a step: `counts[i]` values between `limits[i]` and `limits[i + 1]`. */
export interface HistogramSample {
  readonly step: number;
  /** Ascending edges, one more than there are buckets; both arrays are empty if nothing was counted. */
  readonly limits: Float64Array;
  readonly counts: Float64Array;
}

/** Numbers as they were logged, rounded to 32 bits. */
export interface LoggedTensor {
  readonly step: number;
  /** [] for a single number; its product is the number of values. */
  readonly shape: readonly number[];
  /** In memory order, the last axis fastest. */
  readonly values: Float32Array;
}

/** Client → service. Requests have an id and are answered once. */
export type LogServiceRequest =
  /**
   * `opening` is returned with each update, to tell updates of a run that was closed from those after it was opened
   * again.
   */
  | { readonly type: 'open'; readonly run: string; readonly opening: number }
  | { readonly type: 'close'; readonly run: string }
  /** Bytes that a live trainer announced; ignored unless they continue the data read from the file. */
  | {
      readonly type: 'feed';
      readonly run: string;
      readonly file: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'refresh'; readonly run: string }
  /** `tag`: only this one. */
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
  /** The request with this number is no longer wanted: it fails early instead of being answered. */
  | { readonly type: 'cancel'; readonly id: number };

/** An encoded image as logged (PNG or JPEG; size as declared, not yet checked against the bytes). */
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
