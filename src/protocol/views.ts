import * as z from 'zod';
import { capabilitiesSchema } from './capabilities';
import { backendInfoSchema, failureSchema, presentationSchema, runStatusSchema, type Hyperparameter } from './run';
import { seedSchema } from './schemaParts';
import type { HistogramSample, LoggedTensor } from './logs';
import type { Specification } from './specification';

/**
 * What the host and the views of runs say to each other over their channel. A view says `ready`, gets a snapshot and then
 * deltas; it acknowledges each message by its sequence number and the host sends more only while few are on their way, merged,
 * so that a slow or hidden view never falls far behind. Images, histograms and tensors are requested. A view names intents of a fixed list, never a
 * command, path or address.
 */

/** What a person may want of a run. */
const runIntentSchema = z.enum(['pause', 'resume', 'stop', 'checkpoint', 'sample', 'step', 'continue']);
export type RunIntent = z.output<typeof runIntentSchema>;

/** What may be made of a checkpoint that no trainer has. */
export const inspectionSchema = z.enum(['sample', 'evaluate']);
export type Inspection = z.output<typeof inspectionSchema>;

/** A run as views show it. `interrupted`: the record claims a living trainer, but there is none. */
export const runSummarySchema = z.object({
  /** Opaque to the view; the registry's key of the run. */
  key: z.string(),
  name: z.string(),
  status: z.union([runStatusSchema, z.literal('interrupted'), z.literal('foreign')]),
  /** The evidence for the status, in words ("attached to process 4242", "no trainer holds its lock"). */
  evidence: z.string(),
  step: z.number(),
  totalSteps: z.number(),
  stepsPerEpoch: z.number(),
  epoch: z.number(),
  stepsPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  activity: z.string().optional(),
  backend: backendInfoSchema.optional(),
  failure: failureSchema.optional(),
  presentation: presentationSchema.optional(),
  headline: z.object({ label: z.string(), value: z.number().nullable(), best: z.number().nullable() }).optional(),
  notes: z.array(z.string()),
  /** What keeps this window from following the run although it continues, and what to do about it. */
  obstacle: z.object({ message: z.string(), remedy: z.string() }).optional(),
  /** Which colour of the palette the run has, the same in every view. */
  color: z.int(),
  /** Intents that make sense now, and that this window may carry out (none in an untrusted workspace). */
  intents: z.array(runIntentSchema),
  /** It rests and can be resumed with other hyperparameters; `edited`: and should be offered without its last edit. */
  revisable: z.enum(['plain', 'edited']).optional(),
  /** What can be asked of its model; absent for logs of other programs. */
  capabilities: capabilitiesSchema.optional(),
  /** What this window may make of the newest checkpoint of a run that rests. */
  inspections: z.array(inspectionSchema),
});
export type RunSummary = z.output<typeof runSummarySchema>;

/** What `run.json` says of a run beyond its summary; changes seldom. */
export interface RunDetail {
  readonly specification: Specification;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Trainable numbers of the model. */
  readonly parameters?: number;
  readonly gitCommit?: string;
  /** The checkpoint of another run that it began with: its name then, or its identity where that was not known. */
  readonly parent?: { readonly name: string; readonly step: number };
  readonly versions: Readonly<Record<string, string>>;
  /** Each with the value that holds now. */
  readonly hyperparameters: readonly (Hyperparameter & {
    readonly current: number;
    /** The update from which on it holds, counted from 1; absent for the value of the specification. */
    readonly since?: number;
  })[];
  /** Why no hyperparameter can be changed now; absent where they can. */
  readonly fixed?: string;
  /** No trainer has the run and it can be resumed: a changed value holds from the resume on. */
  readonly onResume?: boolean;
  /** The last edit, where a resume should be offered without it. */
  readonly lastEdit?: {
    readonly name: string;
    readonly text: string;
    /** Step of the newest checkpoint where that is older than the edit: a plain resume continues from there and repeats it. */
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

/** All steps at which a tag of a run was logged, ascending; the values are requested. */
export interface LocatedSteps {
  readonly run: string;
  readonly tag: string;
  readonly steps: Float64Array;
}

/** An image as it goes to a page: of a kind and size that can be shown. */
export interface ShownImage {
  readonly step: number;
  readonly bytes: Uint8Array;
  readonly mime: 'image/png' | 'image/jpeg';
  readonly width: number;
  readonly height: number;
}

/** Host → view, beside what is said of requests. */
export type HostToView = { readonly sequence: number } & (
  | {
      readonly type: 'snapshot' | 'delta';
      /**
       * With `delta`: the changed ones. After a `snapshot`, which makes the view forget what it had, what does not fit
       * into one message follows in deltas; a run comes before what is said of it.
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
      /** To a view that overlays runs, where they changed: all that it may choose from, newest first. */
      readonly choices?: readonly RunChoice[];
      /** With this message the view has all that is known; false while logs are being read or more is to be sent. */
      readonly complete: boolean;
      /**
       * With `snapshot`: the workspace is not trusted (or has no folder), so the view offers nothing that would launch
       * and says this reason.
       */
      readonly lookOnly?: string;
    }
  /** A hyperparameter that the view wanted to set was not; the window has said why. Waits for no acknowledgement. */
  | { readonly type: 'notApplied'; readonly name: string }
  /** What the view asked of its run by this intent is over, done or not. Waits for no acknowledgement. */
  | { readonly type: 'acted'; readonly intent: RunIntent }
  /** How far the view's inspection is, and its end; there is one at a time. Waits for no acknowledgement. */
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
      /** Examples of the test set that were evaluated. */
      readonly count: number;
      /** What they are; images if absent. */
      readonly noun?: 'image' | 'point';
      readonly metrics: Readonly<Record<string, number>>;
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
  /** The histograms of a tag at step `from` and later, thinned to what a view can draw. */
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

/** View → host, beside requests; decoded against this before anything is done with it. */
export const viewToHostSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('acknowledge'), sequence: z.int() }),
  z.object({ type: z.literal('intent'), intent: runIntentSchema, run: key }),
  /** Trains the family that is offered first. */
  z.object({ type: z.literal('train') }),
  z.object({ type: z.literal('setUpTensorFlow') }),
  z.object({ type: z.literal('showLog'), run: key }),
  z.object({ type: z.literal('openRecord'), run: key }),
  z.object({ type: z.literal('explore'), run: key }),
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
    /** Seed of samples; drawn where it is absent. */
    seed: seedSchema.optional(),
    /** Importance samples for each image of an evaluation; 0 leaves the likelihood out. */
    samples: z.int().min(0).max(5000).default(0),
  }),
  z.object({ type: z.literal('cancelInspection') }),
  /** Saves an image of the log, or the one that the last inspection drew, where the user says. */
  z.object({ type: z.literal('saveImage'), run: key, tag: z.string().max(4096), step: z.number() }),
  z.object({ type: z.literal('saveInspection') }),
]);
export type ViewToHost = z.output<typeof viewToHostSchema>;
