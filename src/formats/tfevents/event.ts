/** An event of a TensorBoard log, without unused parts of TensorFlow's `Event`. */
export type LogEvent = EventHead &
  (
    | { readonly kind: 'fileVersion'; readonly version: string }
    /**
     * A writer starts or restarts: values logged earlier at this step or a later one are superseded (TensorBoard's restart
     * rule).
     */
    | { readonly kind: 'sessionStart' }
    | { readonly kind: 'summary'; readonly values: readonly SummaryValue[] }
    /** Graphs, profiles, messages: read over. */
    | { readonly kind: 'other' }
  );

interface EventHead {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
}

export type SummaryValue = WritableValue | UnreadValue;

/** What {@link encodeEventRecord} can write: events whose values hold all that belongs to them. */
export type WritableEvent = EventHead &
  (
    | Exclude<LogEvent, { readonly kind: 'summary' }>
    | { readonly kind: 'summary'; readonly values: readonly WritableValue[] }
  );

export type WritableValue = ScalarValue | ImageValue | HistogramValue | TextValue | TensorValue;

interface Tagged {
  readonly tag: string;
  readonly description?: string;
}

interface ScalarValue extends Tagged {
  readonly kind: 'scalar';
  readonly value: number;
}

export type ImageMime =
  'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/bmp' | 'application/octet-stream';

/** An encoded image. Its size is as announced in the log: it need not be what the bytes decode to. */
export interface ImageValue extends Tagged {
  readonly kind: 'image';
  readonly width: number;
  readonly height: number;
  /** Channels: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha; 0 where the log does not say. */
  readonly colorspace: number;
  readonly bytes: Uint8Array;
  /** Detected from the first bytes. */
  readonly mime: ImageMime;
}

export interface HistogramValue extends Tagged, Histogram {
  readonly kind: 'histogram';
}

/** How values are distributed. Bucket i holds `counts[i]` values between `limits[i]` and `limits[i + 1]`. */
export interface Histogram {
  /** Ascending edges, one more than there are buckets; both empty when nothing was counted. */
  readonly limits: Float64Array;
  readonly counts: Float64Array;
  readonly min: number;
  readonly max: number;
  /** NaN where the log does not say (TensorBoard's newer style). */
  readonly sum: number;
  /** Likewise. */
  readonly sumSquares: number;
  readonly count: number;
}

interface TextValue extends Tagged {
  readonly kind: 'text';
  readonly text: string;
}

/** Numbers of any shape, rounded to 32-bit floats. */
export interface TensorValue extends Tagged {
  readonly kind: 'tensor';
  /** The TensorBoard plugin that the value is meant for. */
  readonly plugin?: string;
  /** [] for a single number. */
  readonly shape: readonly number[];
  /** In memory order, the last axis fastest. */
  readonly values: Float32Array;
}

/** A value that is not numbers, or is not read. */
interface UnreadValue extends Tagged {
  readonly kind: 'unread';
  readonly plugin?: string;
  /** Why a tensor of numbers is not read. */
  readonly problem?: string;
}

/** What a tag's first value says about all of its values. */
export interface TagMetadata {
  readonly plugin?: string;
  readonly description?: string;
  /** `SummaryMetadata.data_class` */
  readonly dataClass: number;
}
