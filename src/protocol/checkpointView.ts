import * as z from 'zod';
import { seedSchema } from './schemaParts';
import { MOST_MEASURED_TOGETHER, type Comparison, type TensorFileSummary, type TensorResults } from './tensors';
import { inspectionSchema, type Inspection, type InspectionNews } from './views';

/**
 * Messages between the host and the editor of checkpoints and other tensor files. The view sends `ready`, gets the file
 * (again whenever it changes on disk), and requests details. As in the other views, it names intents from a fixed list,
 * never a command, path or address.
 */

const intentSchema = z.enum(['resume', 'explore', 'openRun', 'trust']);
export type CheckpointIntent = z.output<typeof intentSchema>;

/** The metadata of a Latent Studio checkpoint, and what can be done with it. */
export interface OwnCheckpoint {
  /** "VAE · MNIST" */
  readonly title: string;
  readonly step: number;
  readonly epoch: number;
  readonly seed: number;
  /** Requested by a user, so the keep rule never removes it. */
  readonly requested: boolean;
  readonly headline?: { readonly label: string; readonly value: number };
  /** By tag; values that are not finite as text. */
  readonly metrics: readonly (readonly [tag: string, value: number | string])[];
  /** JSON, indented. */
  readonly specification: string;
  /** The name of its run, if that is in this workspace. */
  readonly run?: string;
  /** Checkpoints of the same run in the same folder, including this one. */
  readonly siblings: number;
  /** Intents that this window may carry out on it. */
  readonly intents: readonly (Inspection | Exclude<CheckpointIntent, 'trust'>)[];
  /** Why it allows none, for users. */
  readonly lookOnly?: string;
}

/** Host → view, in addition to request messages. */
export type HostToCheckpoint =
  /** The file is being opened, which may take a while; `activity` is the current step, for users. */
  | { readonly type: 'opening'; readonly activity: string }
  | {
      readonly type: 'file';
      readonly name: string;
      readonly summary: TensorFileSummary;
      readonly own?: OwnCheckpoint;
      /** Why a file that claims to be a Latent Studio checkpoint is not accepted as one, for users. */
      readonly note?: string;
      /**
       * What the view may do beyond viewing, or how the window's trust changed: the file is the same, so the view need
       * not start over.
       */
      readonly again: boolean;
    }
  /** The file cannot be opened (any more); the reason is for users. */
  | { readonly type: 'problem'; readonly message: string }
  | { readonly type: 'comparison'; readonly news: ComparisonNews }
  | { readonly type: 'inspection'; readonly what: Inspection; readonly news: InspectionNews };

export type ComparisonNews =
  | { readonly kind: 'progress'; readonly with: string; readonly done: number }
  /**
   * Further rows in which the other file differs, if the message of the result, which follows, cannot hold all of them.
   */
  | { readonly kind: 'others'; readonly from: number; readonly rows: Uint8Array }
  /**
   * `from`: the bytes of the rows sent before. A page whose count differs, because it started meanwhile, waits for the
   * next result.
   */
  | { readonly kind: 'result'; readonly with: string; readonly from: number; readonly comparison: Comparison }
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'none' };

const index = z
  .int()
  .min(0)
  .max(2 ** 32);
/** Parameters of a page's requests, by method. */
export const checkpointRequests = {
  /** The next rows of a table, if it is longer than the part sent with the file. */
  rows: z.object({ from: index }),
  statistics: z.object({ tensor: index }),
  statisticsOfMany: z.object({ tensors: z.array(index).max(MOST_MEASURED_TOGETHER) }),
  slice: z.object({
    tensor: index,
    query: z.object({
      leading: z.array(z.int().min(0)).max(64),
      row: z.int().min(0),
      column: z.int().min(0),
      rows: z.int().min(0).max(512),
      columns: z.int().min(0).max(512),
    }),
  }),
  tiles: z.object({
    tensor: index,
    query: z.object({ layout: z.int().min(0).max(16), sorted: z.boolean() }),
  }),
  /** Its norm in all checkpoints of the run. */
  norms: z.object({ tensor: index }),
} as const;

/** Answers come from the tensor service; progress is from 0 to 1. */
export type CheckpointExchanges = {
  readonly [M in keyof typeof checkpointRequests]: {
    readonly request: z.output<(typeof checkpointRequests)[M]>;
    readonly answer: TensorResults[M];
    readonly progress: number;
  };
};

/** View → host, in addition to requests; decoded with this schema before use. */
export const checkpointToHostSchema = z.discriminatedUnion('type', [
  /** Cancels opening the file. */
  z.object({ type: z.literal('cancelOpening') }),
  /** After a problem: opens the file again. */
  z.object({ type: z.literal('reload') }),
  /** The host asks the user for the other file. */
  z.object({ type: z.literal('compare') }),
  z.object({ type: z.literal('endComparison') }),
  z.object({
    type: z.literal('inspect'),
    what: inspectionSchema,
    seed: seedSchema.optional(),
    samples: z.int().min(0).max(5000).default(0),
  }),
  z.object({ type: z.literal('cancelInspection') }),
  z.object({ type: z.literal('intent'), intent: intentSchema }),
  /** Saves a PNG picture drawn by the view where the user chooses. */
  z.object({
    type: z.literal('savePicture'),
    name: z.string().max(300),
    bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= 64 * 1024 * 1024),
  }),
]);
export type CheckpointToHost = z.output<typeof checkpointToHostSchema>;
