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
 * The latent explorer: requests to a model over the control socket, and the messages between its tab and the host. The
 * requests are the same in both: the host passes them on to the run's trainer or to an inspector.
 *
 * Bodies travel beside the values as bytes: float32 little-endian, images 8-bit `[count, height, width, channel]`.
 */

const byte = 2 ** 8 - 1;
/** Size of a request's body. */
export const MOST_REQUEST_BYTES = 8 * 1024 * 1024;

const set = z.enum(['train', 'test']);
export type LatentSet = z.output<typeof set>;
const from = z.int().min(0).default(0);
/**
 * The checkpoint whose weights answer, by its step. Absent: the current weights, which for a live run are its newest,
 * and otherwise those of the opened checkpoint (of a run: its newest).
 */
const at = z.int().min(0).optional();
/** For conditional models: one label for all rows, or one per row. */
const labels = z.array(z.int().min(0).max(byte)).min(1).max(MOST_DECODED).optional();

/** Parameters by method. None of these changes anything, so a watcher may make them too. */
export const latentParameters = {
  /** Description, capabilities and current step of the model. */
  describe: z.object({}),
  /** Images of a data set → latents. `count` is cut at the end of the set, and if the answer would be too large. */
  encode: z.object({ set, from, count: z.int().min(1).max(MOST_ENCODED), at }),
  /** The images themselves, by index or a range of them (cut at the end of the set). */
  images: z.object({
    set,
    rows: z.union([
      z.array(z.int().min(0)).min(1).max(4_096),
      z.object({ from, count: z.int().min(1).max(MOST_IMAGES) }),
    ]),
  }),
  /** All labels of a data set, one byte each; refused if it has none. */
  labels: z.object({ set }),
  /** Images in the request's body → latents, to encode decoded images again. */
  encodeImages: z.object({ count: z.int().min(1).max(MOST_REENCODED), labels, at }),
  /**
   * Latents in the request's body (float32 `[count, latent]`) → images, or of a model of points their coordinates
   * (float32 `[count, size]`). To sample from the prior, the client sends its own draws.
   */
  decode: z.object({ count: z.int().min(1).max(MOST_DECODED), labels, at }),
} as const;
export type LatentMethod = keyof typeof latentParameters;
export const LATENT_METHODS = Object.keys(latentParameters) as readonly LatentMethod[];
export type LatentParameters<M extends LatentMethod> = z.output<(typeof latentParameters)[M]>;

/** Only a live run can be followed; `every` 0 ends it. Each connection follows independently. */
export const followParameters = z.object({
  /** This many images of the test set, the first ones, … */
  count: z.int().min(1).max(MOST_FOLLOWED).default(1_000),
  /** … are encoded again every `every` steps, or less often if that would take more than 3 % of the training time. */
  every: z.int().min(0).max(1_000_000).default(100),
});
export type FollowParameters = z.output<typeof followParameters>;

export interface LatentDescription {
  readonly step: number;
  readonly epoch: number;
  readonly family: string;
  /** "VAE · MNIST" */
  readonly title: string;
  /** Null for a model of points. */
  readonly imageShape: readonly [height: number, width: number, channels: number] | null;
  /** Names of the classes; null if images have no labels. */
  readonly classes: readonly string[] | null;
  /** Number of images of each data set. */
  readonly sets: Readonly<Record<LatentSet, number>>;
  readonly capabilities: Capabilities;
  /** Number of trainable parameters. */
  readonly parameters: number;
}

/** Shape of a body of images. */
export interface ImagesAnswer {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Shape of a body of points: float32 `[count, size]`. */
export interface PointsAnswer {
  readonly count: number;
  readonly size: number;
}

/** Shape of a body of latents: means `[count, latent]`, then (if `variance`) log-variances `[count, latent]`. */
export interface LatentsAnswer {
  /** Step of the weights that answered; a live run may have moved on since. */
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
  readonly decode: (ImagesAnswer | PointsAnswer) & { readonly step: number };
}

/** A result and the bytes sent with it. */
export interface LatentAnswer<M extends LatentMethod> {
  readonly value: LatentResults[M];
  readonly body: Uint8Array;
}

/** Sent while a run is followed; the body is that of `encode`. */
export const latentsEventSchema = z.object({
  step: z.int(),
  count: z.int(),
  latent: z.int(),
  variance: z.boolean(),
  /** Number of steps until the next one. */
  every: z.int(),
  /** Share of the run's time that following takes, from 0 to 1. */
  share: z.number(),
});
export type LatentsEvent = z.output<typeof latentsEventSchema>;

/** What a tab shows and what answers its requests. Sent after `ready` and whenever it changes. */
export interface LatentSource {
  /** Name of the run, or of the checkpoint's file. */
  readonly name: string;
  /** The run that wrote that checkpoint file, if known. */
  readonly run?: string;
  /** Opaque. The page keeps it as `run` in its state (`setState({ …, run })`), from which VS Code restores the tab. */
  readonly key: string;
  readonly state:
    /** A process is being started or a connection made; `activity` describes the current step. */
    | { readonly kind: 'starting'; readonly activity: string }
    /** Requests are answered. `live`: by the run's own trainer, whose weights change. */
    | { readonly kind: 'ready'; readonly live: boolean }
    /** Nothing is started in an untrusted workspace; `trust` asks the user. */
    | { readonly kind: 'untrusted' }
    /** There is nothing to explore (no checkpoint yet), or the process ended; `restart` tries again. */
    | { readonly kind: 'problem'; readonly message: string; readonly remedy?: string };
  /** Steps of the run's checkpoints: valid values of `at`. */
  readonly checkpoints: readonly { readonly step: number; readonly epoch: number; readonly best: boolean }[];
}

/** Progress of the live run. */
export interface LatentTraining {
  readonly step: number;
  readonly paused: boolean;
}

/** Host → tab, in addition to request messages. */
export type HostToLatent =
  | { readonly type: 'source'; readonly source: LatentSource }
  | ({ readonly type: 'latents'; readonly body: Uint8Array } & LatentsEvent)
  /** Progress of the live run that answers; a few times a second while it trains, and when it pauses. */
  | ({ readonly type: 'training' } & LatentTraining);

const bytes = (most: number) =>
  z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && value.byteLength <= most,
    'must be bytes, and not too many',
  );
const body = bytes(MOST_REQUEST_BYTES);
const MOST_SAVED_BYTES = 128 * 1024 * 1024;
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,79}$/);

/** Parameters of a tab's requests, by method; for those to the model, including the request's body. */
export const latentRequests = {
  ...latentParameters,
  encodeImages: latentParameters.encodeImages.extend({ body }),
  decode: latentParameters.decode.extend({ body }),
  /**
   * Saves one file where the user chooses. Its signature determines its type; its name is made from letters, digits and
   * dashes of `name`. CSV must be made with src/common/csv.ts, whose cells are inert.
   */
  save: z.object({ kind: z.enum(['csv', 'png', 'gif']), name: fileName, bytes: bytes(MOST_SAVED_BYTES) }),
  /** Saves a list of PNG images into a new folder where the user chooses. */
  saveImages: z.object({
    /** Number of selected images, of which these are the first. */
    of: z.int().min(1).max(1_000_000),
    images: z
      .array(z.object({ name: fileName, bytes: bytes(4 * 1024 * 1024) }))
      .min(1)
      .max(MOST_SAVED_IMAGES),
  }),
} as const;

/** Where the user saved; `name` is absent if the user canceled. */
export interface Saved {
  readonly name?: string;
}

export type LatentExchanges = {
  readonly [M in keyof typeof latentRequests]: {
    readonly request: z.output<(typeof latentRequests)[M]>;
    readonly answer: M extends LatentMethod ? LatentAnswer<M> : Saved;
  };
};

/** Tab → host, in addition to requests; decoded with this schema before use. */
export const latentToHostSchema = z.discriminatedUnion('type', [
  /** Begins, changes or (`every` 0) ends following a run. Continues over a restart of its trainer. */
  z.object({ type: z.literal('follow'), ...followParameters.shape }),
  /** After a problem: tries again. */
  z.object({ type: z.literal('restart') }),
  z.object({ type: z.literal('trust') }),
  /** Opens the run's tab. */
  z.object({ type: z.literal('openRun') }),
]);
export type LatentToHost = z.output<typeof latentToHostSchema>;
