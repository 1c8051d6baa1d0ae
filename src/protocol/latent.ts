import * as z from 'zod';
import type { Capabilities } from './capabilities';
import './jitless';
import {
  MOST_DECODED,
  MOST_ENCODED,
  MOST_FOLLOWED,
  MOST_IMAGES,
  MOST_REENCODED,
  MOST_SAVED_IMAGES,
} from './latentLimits';

/**
 * The latent explorer: what is asked of a model over the control socket, and what its tab and the host say to each
 * other. The requests are the same in both: the host passes them on to the run's trainer or to an inspector.
 *
 * Bodies travel beside the values as bytes: float32 little-endian, images 8-bit `[count, height, width, channel]`.
 */

const byte = 2 ** 8 - 1;
/** Of a request's body. */
export const MOST_REQUEST_BYTES = 8 * 1024 * 1024;

const set = z.enum(['train', 'test']);
export type LatentSet = z.output<typeof set>;
const from = z.int().min(0).default(0);
/**
 * The checkpoint whose weights answer, by its step. Absent: the weights as they are now, which of a run are its
 * newest and else those of the checkpoint that was opened (of a run: its newest).
 */
const at = z.int().min(0).optional();
/** For models that take labels: one for all rows, or one for each. */
const labels = z.array(z.int().min(0).max(byte)).min(1).max(MOST_DECODED).optional();

/** Parameters by method. They change nothing, so a watcher may make these requests too. */
export const latentParameters = {
  /** What the model is and can do, and where it stands. */
  describe: z.object({}),
  /** Images of a data set → latents. `count` is cut at the end of the set, and where the answer would be too large. */
  encode: z.object({ set, from, count: z.int().min(1).max(MOST_ENCODED), at }),
  /** The images themselves, by index or a range of them (cut at the end of the set). */
  images: z.object({
    set,
    rows: z.union([
      z.array(z.int().min(0)).min(1).max(4_096),
      z.object({ from, count: z.int().min(1).max(MOST_IMAGES) }),
    ]),
  }),
  /** All labels of a data set, one byte each; refused where it has none. */
  labels: z.object({ set }),
  /** Images in the request's body → latents: what was decoded, encoded again. */
  encodeImages: z.object({ count: z.int().min(1).max(MOST_REENCODED), labels, at }),
  /** Latents in the request's body (float32 `[count, latent]`) → images. Prior samples: the asker's own draws. */
  decode: z.object({ count: z.int().min(1).max(MOST_DECODED), labels, at }),
} as const;
export type LatentMethod = keyof typeof latentParameters;
export const LATENT_METHODS = Object.keys(latentParameters) as readonly LatentMethod[];
export type LatentParameters<M extends LatentMethod> = z.output<(typeof latentParameters)[M]>;

/** Only a run can be followed; `every` 0 ends it. Each connection follows for itself. */
export const followParameters = z.object({
  /** So many images of the test set, the first ones, … */
  count: z.int().min(1).max(MOST_FOLLOWED).default(1_000),
  /** … are encoded again every `every` steps; less often by itself where that took more than 3 % of the training time. */
  every: z.int().min(0).max(1_000_000).default(100),
});
export type FollowParameters = z.output<typeof followParameters>;

export interface LatentDescription {
  readonly step: number;
  readonly epoch: number;
  readonly family: string;
  /** "VAE · MNIST" */
  readonly title: string;
  /** Null for a model of points, which can be encoded but not looked at. */
  readonly imageShape: readonly [height: number, width: number, channels: number] | null;
  /** Names of the labels; null where images have none. */
  readonly classes: readonly string[] | null;
  /** How many images each data set has. */
  readonly sets: Readonly<Record<LatentSet, number>>;
  readonly capabilities: Capabilities;
  /** Trainable numbers. */
  readonly parameters: number;
}

/** Shapes of a body of images. */
export interface ImagesAnswer {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Shapes of a body of latents: means `[count, latent]`, then (where `variance`) log-variances `[count, latent]`. */
export interface LatentsAnswer {
  /** Of the weights that answered; a live run may have moved on since. */
  readonly step: number;
  readonly count: number;
  readonly latent: number;
  readonly variance: boolean;
}

export interface LatentResults {
  readonly describe: LatentDescription;
  readonly encode: LatentsAnswer;
  readonly images: ImagesAnswer;
  readonly labels: { readonly count: number };
  readonly encodeImages: LatentsAnswer;
  readonly decode: ImagesAnswer & { readonly step: number };
}

/** A result, and the bytes that travel beside it. */
export interface LatentAnswer<M extends LatentMethod> {
  readonly value: LatentResults[M];
  readonly body: Uint8Array;
}

/** Sent while a run is followed; the body is as that of `encode`. */
export const latentsEventSchema = z.object({
  step: z.int(),
  count: z.int(),
  latent: z.int(),
  variance: z.boolean(),
  /** After so many steps the next one comes. */
  every: z.int(),
  /** What following takes of the run's time, from 0 to 1. */
  share: z.number(),
});
export type LatentsEvent = z.output<typeof latentsEventSchema>;

/** What a tab shows and where its answers come from. Sent after `ready` and whenever it changes. */
export interface LatentSource {
  /** Name of the run, or of the checkpoint's file. */
  readonly name: string;
  /** The run whose checkpoint that file is, where it is known. */
  readonly run?: string;
  /** Opaque. The page keeps it as `run` in its state (`setState({ …, run })`), by which the tab comes back. */
  readonly key: string;
  readonly state:
    /** A process is being started or a connection made; `activity` says what it does, in words. */
    | { readonly kind: 'starting'; readonly activity: string }
    /** Requests are answered. `live`: by the run's own trainer, whose weights move. */
    | { readonly kind: 'ready'; readonly live: boolean }
    /** Nothing is started in an untrusted workspace; `trust` asks the user. */
    | { readonly kind: 'untrusted' }
    /** There is nothing to look into (no checkpoint yet), or the process ended; `restart` tries again. */
    | { readonly kind: 'problem'; readonly message: string; readonly remedy?: string };
  /** Of the run, by step: what `at` may name. */
  readonly checkpoints: readonly { readonly step: number; readonly epoch: number; readonly best: boolean }[];
}

/** How far the run is beside which a tab looks. */
export interface LatentTraining {
  readonly step: number;
  readonly paused: boolean;
}

/** Host → tab, beside what is said of requests. */
export type HostToLatent =
  | { readonly type: 'source'; readonly source: LatentSource }
  | ({ readonly type: 'latents'; readonly body: Uint8Array } & LatentsEvent)
  /** Where the run stands that answers; a few times a second while it continues, and when it pauses. */
  | ({ readonly type: 'training' } & LatentTraining);

const bytes = (most: number) =>
  z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && value.byteLength <= most,
    'must be bytes, and not too many',
  );
const body = bytes(MOST_REQUEST_BYTES);
const MOST_SAVED_BYTES = 128 * 1024 * 1024;
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,79}$/);

/** Parameters of a tab's requests, by method; those of the model have the request's body among them. */
export const latentRequests = {
  ...latentParameters,
  encodeImages: latentParameters.encodeImages.extend({ body }),
  decode: latentParameters.decode.extend({ body }),
  /**
   * One file, where the user says. What it begins with says what it is; its name is made from letters, digits and dashes of
   * `name`. CSV: made with src/common/csv.ts, whose cells are inert.
   */
  save: z.object({ kind: z.enum(['csv', 'png', 'gif']), name: fileName, bytes: bytes(MOST_SAVED_BYTES) }),
  /** A list of images (PNG), into a new folder where the user says. */
  saveImages: z.object({
    /** This many were selected, of which these are the first. */
    of: z.int().min(1).max(1_000_000),
    images: z
      .array(z.object({ name: fileName, bytes: bytes(4 * 1024 * 1024) }))
      .min(1)
      .max(MOST_SAVED_IMAGES),
  }),
} as const;

/** Where the user saved; `name` is absent where the user chose no place. */
export interface Saved {
  readonly name?: string;
}

export type LatentExchanges = {
  readonly [M in keyof typeof latentRequests]: {
    readonly request: z.output<(typeof latentRequests)[M]>;
    readonly answer: M extends LatentMethod ? LatentAnswer<M> : Saved;
  };
};

/** Tab → host, beside requests; decoded against this before anything is done with it. */
export const latentToHostSchema = z.discriminatedUnion('type', [
  /** Begins, changes or (`every` 0) ends following a run. Kept over a restart of its trainer. */
  z.object({ type: z.literal('follow'), ...followParameters.shape }),
  /** After a problem: try again. */
  z.object({ type: z.literal('restart') }),
  z.object({ type: z.literal('trust') }),
  /** The run's tab. */
  z.object({ type: z.literal('openRun') }),
]);
export type LatentToHost = z.output<typeof latentToHostSchema>;
