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

export type TagKind = 'scalar' | 'image' | 'histogram' | 'text';

/**
 * What has changed in a run's log since the last update; in a snapshot, all of it, but for series that are too many for one
 * message: the next updates hold those from their first point on.
 */
export interface LogUpdate {
  /** The run directory. */
  readonly run: string;
  readonly scalars: readonly ScalarDelta[];
  /** Image tags whose list of logged steps changed, with the whole new list. */
  readonly images: readonly { readonly tag: string; readonly steps: Float64Array }[];
  readonly histograms: readonly { readonly tag: string; readonly steps: Float64Array }[];
  /** All that is wrong in the files so far, in words ("record at byte 8123 of … is damaged and was skipped"). */
  readonly problems: readonly string[];
}

/** How values were distributed at a step: `counts[i]` of them between `limits[i]` and `limits[i + 1]`. */
export interface HistogramSample {
  readonly step: number;
  /** Ascending edges, one more than there are buckets; both empty when nothing was counted. */
  readonly limits: Float64Array;
  readonly counts: Float64Array;
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
  | { readonly type: 'histograms'; readonly id: number; readonly run: string; readonly tag: string };

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
      readonly value: LogUpdate | LoggedImage | readonly HistogramSample[] | null;
    }
  | { readonly type: 'failure'; readonly id: number; readonly message: string };
