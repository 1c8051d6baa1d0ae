import * as z from 'zod';
import { alertSchema } from './alert';
import { capabilitiesSchema } from './capabilities';
import { backendInfoSchema, failureSchema, presentationSchema, runStatusSchema, type Hyperparameter } from './run';
import { seedSchema } from './schemaParts';
import type { HistogramSample, LoggedTensor } from './logs';
import type { Specification } from './specification';

/**
 * Messages between the host and the views of runs. A view sends `ready`, gets a snapshot and then deltas; it
 * acknowledges each message by its sequence number, and the host sends more only while few are in flight, merged, so
 * that a slow or hidden view never falls far behind. Images, histograms and tensors are sent on request. A view names
 * intents from a fixed list, never a command, path or address.
 */

/** Actions of a user on a run. */
const runIntentSchema = z.enum(['pause', 'resume', 'stop', 'checkpoint', 'sample', 'step', 'pace', 'continue']);
export type RunIntent = z.output<typeof runIntentSchema>;

/** Actions on a checkpoint of a run without a trainer; `quality` compares samples with test examples. */
export const inspectionSchema = z.enum(['sample', 'evaluate', 'quality']);
export type Inspection = z.output<typeof inspectionSchema>;

/** A run as shown by views. `interrupted`: the record claims a live trainer, but there is none. */
export const runSummarySchema = z.object({
  /** Opaque to the view; the registry's key of the run. */
  key: z.string(),
  name: z.string(),
  status: z.union([runStatusSchema, z.literal('interrupted'), z.literal('foreign')]),
  /** The evidence for the status, for users ("attached to process 4242", "no trainer holds its lock"). */
  evidence: z.string(),
  step: z.number(),
  totalSteps: z.number(),
  stepsPerEpoch: z.number(),
  epoch: z.number(),
  stepsPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  activity: z.string().optional(),
  /** Steps per second to which a user has slowed the run down; absent at full speed. */
  pace: z.number().optional(),
  backend: backendInfoSchema.optional(),
  failure: failureSchema.optional(),
  /** Alerts that hold; absent where none does. */
  alerts: z.array(alertSchema).optional(),
  presentation: presentationSchema.optional(),
  headline: z.object({ label: z.string(), value: z.number().nullable(), best: z.number().nullable() }).optional(),
  notes: z.array(z.string()),
  /** Why this window cannot follow the run although it is live, and what to do about it. */
  obstacle: z.object({ message: z.string(), remedy: z.string() }).optional(),
  /** Index of the run's color in the palette, the same in every view. */
  color: z.int(),
  /** Intents that make sense now and that this window may carry out (none in an untrusted workspace). */
  intents: z.array(runIntentSchema),
  /** Whether it can be resumed with other hyperparameters; `edited`: and should be offered without its last edit. */
  revisable: z.enum(['plain', 'edited']).optional(),
  /** Capabilities of its model; absent for logs of other programs. */
  capabilities: capabilitiesSchema.optional(),
  /** Intents for the newest checkpoint of a run that is not training. */
  inspections: z.array(inspectionSchema),
});
export type RunSummary = z.output<typeof runSummarySchema>;

/** The contents of `run.json` beyond the summary; these rarely change. */
export interface RunDetail {
  readonly specification: Specification;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Number of trainable parameters. */
  readonly parameters?: number;
  readonly gitCommit?: string;
  /** The checkpoint of another run that it started from: by the run's name at that time, or its id if unknown. */
  readonly parent?: { readonly name: string; readonly step: number };
  readonly versions: Readonly<Record<string, string>>;
  /** Each with its current value. */
  readonly hyperparameters: readonly (Hyperparameter & {
    readonly current: number;
    /** The update from which it applies, counted from 1; absent for the value in the specification. */
    readonly since?: number;
  })[];
  /** Why no hyperparameter can be changed now; absent if they can. */
  readonly fixed?: string;
  /** The run can be resumed: a changed value applies from the resume on. */
  readonly onResume?: boolean;
  /** The last edit, if a resume should be offered without it. */
  readonly lastEdit?: {
    readonly name: string;
    readonly text: string;
    /**
     * Step of the newest checkpoint if that is older than the edit: a plain resume continues from there and repeats it.
     */
    readonly repeatedFrom?: number;
  };
}

/** A run that the charts may overlay. */
export interface RunChoice {
  readonly key: string;
  readonly name: string;
  readonly status: RunSummary['status'];
  readonly color: number;
  readonly shown: boolean;
}

export interface ViewScalarDelta {
  readonly tag: string;
  readonly start: number;
  readonly steps: Float64Array;
  readonly walls: Float64Array;
  readonly values: Float64Array;
}

/** All steps at which a tag of a run was logged, ascending; the values are requested separately. */
export interface LocatedSteps {
  readonly run: string;
  readonly tag: string;
  readonly steps: Float64Array;
}

/** An image sent to a page: of a format and size that can be shown. */
export interface ShownImage {
  readonly step: number;
  readonly bytes: Uint8Array;
  readonly mime: 'image/png' | 'image/jpeg';
  readonly width: number;
  readonly height: number;
}

/** Host → view, in addition to request messages. */
export type HostToView = { readonly sequence: number } & (
  | {
      readonly type: 'snapshot' | 'delta';
      /**
       * With `delta`: the changed runs. A `snapshot` replaces everything that the view had; content that does not fit
       * into one message follows in deltas, the summary of a run before its details.
       */
      readonly runs: readonly RunSummary[];
      readonly removed: readonly string[];
      readonly scalars: readonly { readonly run: string; readonly series: readonly ViewScalarDelta[] }[];
      readonly images: readonly LocatedSteps[];
      readonly histograms: readonly LocatedSteps[];
      readonly tensors: readonly LocatedSteps[];
      readonly marks: readonly {
        readonly run: string;
        readonly marks: readonly { readonly step: number; readonly text: string }[];
      }[];
      readonly details: readonly { readonly run: string; readonly detail: RunDetail }[];
      /** To a view that overlays runs, if changed: all runs to choose from, newest first. */
      readonly choices?: readonly RunChoice[];
      /**
       * Whether the view has everything known with this message; false while logs are being read or more is pending.
       */
      readonly complete: boolean;
      /**
       * With `snapshot`: the workspace is not trusted (or has no folder), so the view offers nothing that would launch
       * a process, and shows this reason.
       */
      readonly lookOnly?: string;
    }
  /**
   * A hyperparameter that the view asked to change was not changed; the window has shown the reason. Not acknowledged.
   */
  | { readonly type: 'notApplied'; readonly name: string }
  /** The view's intent on its run is finished, whether it succeeded or not. Not acknowledged. */
  | { readonly type: 'acted'; readonly intent: RunIntent }
  /** Progress and end of the view's inspection, of which there is one at a time. Not acknowledged. */
  | { readonly type: 'inspection'; readonly what: Inspection; readonly news: InspectionNews }
);

export type InspectionNews =
  | { readonly kind: 'progress'; readonly activity: string }
  | {
      readonly kind: 'sample';
      readonly step: number;
      readonly seed: number;
      readonly count: number;
      readonly image: ShownImage;
    }
  | {
      readonly kind: 'metrics';
      readonly step: number;
      /** Number of evaluated examples of the test set. */
      readonly count: number;
      readonly examples: 'image' | 'point';
      readonly metrics: Readonly<Record<string, number>>;
      /** Standard errors of some metrics, by tag. */
      readonly errors?: Readonly<Record<string, number>>;
      /** Number of samples that were compared with test examples. */
      readonly generated?: number;
    }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'problem'; readonly message: string };

const key = z.string().max(4096);

/** Parameters of a view's requests, by method. */
export const viewRequests = {
  /** An image that a run logged. */
  image: z.object({ run: key, tag: z.string().max(4096), step: z.number() }),
  /** A tensor that a run logged. */
  tensor: z.object({ run: key, tag: z.string().max(4096), step: z.number() }),
  /** The histograms of a tag at step `from` and later, thinned to the number that a view can draw. */
  histograms: z.object({ run: key, tag: z.string().max(4096), from: z.number() }),
} as const;

export interface ViewExchanges {
  readonly image: { readonly request: z.output<typeof viewRequests.image>; readonly answer: ShownImage };
  readonly tensor: { readonly request: z.output<typeof viewRequests.tensor>; readonly answer: LoggedTensor };
  readonly histograms: {
    readonly request: z.output<typeof viewRequests.histograms>;
    readonly answer: readonly HistogramSample[];
  };
}

/** View → host, in addition to requests; decoded with this schema before use. */
export const viewToHostSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('acknowledge'), sequence: z.int() }),
  z.object({
    type: z.literal('intent'),
    intent: runIntentSchema,
    run: key,
    /** Of a step: its only phase. */
    phase: z.string().max(200).optional(),
    /** Of a pace; null for full speed. */
    stepsPerSecond: z.number().nullable().optional(),
  }),
  /** Shows another run beside this one, which the user picks; or, with `end`, this one alone again. */
  z.object({ type: z.literal('compare'), run: key, end: z.boolean().default(false) }),
  /** Trains the family that is offered first. */
  z.object({ type: z.literal('train') }),
  z.object({ type: z.literal('setUpTensorFlow') }),
  z.object({ type: z.literal('showLog'), run: key }),
  z.object({ type: z.literal('openRecord'), run: key }),
  z.object({ type: z.literal('explore'), run: key }),
  /** Opens the tab of a run. */
  z.object({ type: z.literal('openRun'), run: key }),
  z.object({ type: z.literal('set'), run: key, name: z.string().max(200), value: z.number() }),
  /** Resumes a run without its last edit, or with other values. */
  z.object({
    type: z.literal('resumeWith'),
    run: key,
    withoutLastEdit: z.boolean().default(false),
    set: z.record(z.string().max(200), z.number()).default({}),
  }),
  z.object({
    type: z.literal('inspect'),
    run: key,
    what: inspectionSchema,
    /** Seed of the samples; random if absent. */
    seed: seedSchema.optional(),
    /** Importance samples per image of an evaluation; 0 omits the likelihood. */
    samples: z.int().min(0).max(5000).default(0),
  }),
  z.object({ type: z.literal('cancelInspection') }),
  /** Saves an image of the log, or the one drawn by the last inspection, where the user chooses. */
  z.object({ type: z.literal('saveImage'), run: key, tag: z.string().max(4096), step: z.number() }),
  z.object({ type: z.literal('saveInspection') }),
]);
export type ViewToHost = z.output<typeof viewToHostSchema>;
