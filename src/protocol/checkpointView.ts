import * as z from 'zod';
import { seedSchema } from './schemaParts';
import { MOST_MEASURED_TOGETHER, type Comparison, type TensorFileSummary, type TensorResults } from './tensors';
import { inspectionSchema, type Inspection, type InspectionNews } from './views';

/**
 * What the host and the editor of checkpoints and other files of tensors say to each other over their channel. The view says
 * `ready`, gets the file (again whenever that changes on disk), and requests what is looked at. As in the other views it
 * names intents of a fixed list, never a command, path or address.
 */

const intentSchema = z.enum(['resume', 'explore', 'openRun', 'trust']);
export type CheckpointIntent = z.output<typeof intentSchema>;

/** What a checkpoint of ours says of itself, and what may be made of it. */
export interface OwnCheckpoint {
  /** "VAE · MNIST" */
  readonly title: string;
  readonly step: number;
  readonly epoch: number;
  readonly seed: number;
  /** A person asked for it, so it is never removed by the keep rule. */
  readonly requested: boolean;
  readonly headline?: { readonly label: string; readonly value: number };
  /** By tag; those that are not finite as text. */
  readonly metrics: readonly (readonly [tag: string, value: number | string])[];
  /** JSON, indented. */
  readonly specification: string;
  /** The name of its run, where that is one of this workspace. */
  readonly run?: string;
  /** Checkpoints of the same run that lie beside it, itself included. */
  readonly siblings: number;
  /** What this window may make of it. */
  readonly intents: readonly (Inspection | Exclude<CheckpointIntent, 'trust'>)[];
  /** Why it may make nothing of it, in words. */
  readonly lookOnly?: string;
}

/** Host → view, beside what is said of requests. */
export type HostToCheckpoint =
  /** The file is being opened, which may take a while: what is done now, in words. */
  | { readonly type: 'opening'; readonly activity: string }
  | {
      readonly type: 'file';
      readonly name: string;
      readonly summary: TensorFileSummary;
      readonly own?: OwnCheckpoint;
      /** Why it is not taken for the checkpoint of ours that it says it is, in words. */
      readonly note?: string;
      /**
       * What the view may do beyond looking, or how the window's trust changed: the same file again, no reason to start
       * over.
       */
      readonly again: boolean;
    }
  /** The file cannot be opened (any more), in words. */
  | { readonly type: 'problem'; readonly message: string }
  | { readonly type: 'comparison'; readonly news: ComparisonNews }
  | { readonly type: 'inspection'; readonly what: Inspection; readonly news: InspectionNews };

export type ComparisonNews =
  | { readonly kind: 'progress'; readonly with: string; readonly done: number }
  /** More of the rows that the other file has otherwise than fit into the message of the result, which comes next. */
  | { readonly kind: 'others'; readonly from: number; readonly rows: Uint8Array }
  /**
   * `from`: the bytes of the rows that came before. A page that has others, as one that began meanwhile, waits for the
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
  /** The next rows of a table that is longer than what came with the file. */
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
  /** Its norm in the checkpoints of the run. */
  norms: z.object({ tensor: index }),
} as const;

/** Each is answered with what the service of tensors says; progress goes from 0 to 1. */
export type CheckpointExchanges = {
  readonly [M in keyof typeof checkpointRequests]: {
    readonly request: z.output<(typeof checkpointRequests)[M]>;
    readonly answer: TensorResults[M];
    readonly progress: number;
  };
};

/** View → host, beside requests; decoded against this before anything is done with it. */
export const checkpointToHostSchema = z.discriminatedUnion('type', [
  /** Opening the file takes too long. */
  z.object({ type: z.literal('cancelOpening') }),
  /** After a problem: the file is opened anew. */
  z.object({ type: z.literal('reload') }),
  /** The host lets the user pick the other file. */
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
  /** A picture that the view has drawn, as PNG, goes where the user says. */
  z.object({
    type: z.literal('savePicture'),
    name: z.string().max(300),
    bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= 64 * 1024 * 1024),
  }),
]);
export type CheckpointToHost = z.output<typeof checkpointToHostSchema>;
