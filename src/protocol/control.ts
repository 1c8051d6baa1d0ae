import * as z from 'zod';
import { alertSchema } from './alert';
import {
  followParameters,
  LATENT_METHODS,
  latentParameters,
  latentsEventSchema,
  type LatentMethod,
  type LatentResults,
} from './latent';
import { backendInfoSchema, failureSchema, runIdSchema, runStatusSchema } from './run';
import { seedSchema } from './schemaParts';

/**
 * What a trainer and those who watch it say to each other over the control socket. The handshake proves in both
 * directions that the peer knows the run's secret, without sending it:
 *
 *   client → hello { version, role, id, nonce: c }
 *   trainer → challenge { version, id, pid, startTime, nonce: t, proof: HMAC(secret, "trainer|id|startTime|c|t") }
 *   client → answer { proof: HMAC(secret, "client|id|startTime|c|t") }
 *   trainer → welcome { state } — or the socket closes
 *
 * After that the trainer sends events and answers requests. One controller at a time, many watchers; a watcher's
 * requests that would change anything are refused.
 */

/** Samples that an evaluation compares with data: published figures are of at most 50,000. */
export const MOST_GENERATED = 50_000;

/** Maximum number of samples of one seed: past any metric's needs, and far from where counters would repeat. */
export const MOST_DRAWN = 10_000_000;

/** Steps per second to which a run may be slowed down. */
export const [SLOWEST_PACE, FASTEST_PACE] = [0.1, 1000];

const nonce = z.string().regex(/^[0-9a-f]{64}$/);
const proof = z.string().regex(/^[0-9a-f]{64}$/);

export const helloSchema = z.object({
  type: z.literal('hello'),
  version: z.int(),
  role: z.enum(['controller', 'watcher']),
  id: runIdSchema,
  nonce,
});
export const challengeSchema = z.object({
  type: z.literal('challenge'),
  version: z.int(),
  id: runIdSchema,
  pid: z.int(),
  startTime: z.string(),
  nonce,
  proof,
});
export const answerSchema = z.object({ type: z.literal('answer'), proof });

/** The state of a run; sent with welcome and whenever it changes, at most ten times a second. */
export const liveStateSchema = z.object({
  status: runStatusSchema,
  step: z.int(),
  totalSteps: z.int(),
  stepsPerEpoch: z.int(),
  epoch: z.number(),
  stepsPerSecond: z.number(),
  secondsLeft: z.number().nullable(),
  /** What the trainer does between steps, for users ("evaluating", "writing checkpoint"). */
  activity: z.string().optional(),
  /** Steps per second at most, where a user has slowed the run down; absent at full speed. */
  pace: z.number().optional(),
  backend: backendInfoSchema.optional(),
  failure: failureSchema.optional(),
  /** As in `run.json`. */
  alerts: z.array(alertSchema).optional(),
  metrics: z.record(z.string(), z.number().nullable()),
});
export type LiveState = z.output<typeof liveStateSchema>;

/**
 * Why a request is refused. `invalid`: not understood, or a value out of range; `unsupported`: this model or process
 * cannot do it; `absent`: something that it names does not exist; `forbidden`: a watcher may not make it; `busy`: too
 * many requests are queued; `full`: a limit of stored entries is reached; `ended`: training has ended; `starting`:
 * training has not begun (sent by trainers of earlier versions only); `failed`: anything else.
 */
const refusalCodeSchema = z.enum([
  'invalid',
  'unsupported',
  'absent',
  'forbidden',
  'busy',
  'full',
  'starting',
  'ended',
  'failed',
]);
export type RefusalCode = z.output<typeof refusalCodeSchema>;

/** Trainer → client, after the handshake. The body of a `log` frame holds the bytes. */
export const trainerMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    /** Real path of the run directory or checkpoint that this trainer serves: a copied folder has the same id. */
    serves: z.string(),
    state: liveStateSchema,
    logs: z.array(z.object({ file: z.string(), size: z.int() })),
  }),
  /** `controlled`: there is already a controller; retry when it is done. */
  z.object({ type: z.literal('refused'), reason: z.string(), code: z.enum(['handshake', 'controlled', 'full']) }),
  z.object({ type: z.literal('state'), state: liveStateSchema }),
  /** The bytes that were appended to `file` (a name inside the run directory) at `offset`. */
  z.object({ type: z.literal('log'), file: z.string(), offset: z.int() }),
  z.object({ type: z.literal('checkpoint'), file: z.string(), step: z.int() }),
  /** To followers: latents of some images with the weights of a step. */
  z.object({ type: z.literal('latents'), latents: latentsEventSchema }),
  z.object({ type: z.literal('result'), request: z.int(), value: z.unknown() }),
  z.object({ type: z.literal('error'), request: z.int(), message: z.string(), code: refusalCodeSchema }),
]);
export type TrainerMessage = z.output<typeof trainerMessageSchema>;

const request = <M extends string, P extends z.ZodType>(method: M, parameters: P) =>
  z.object({ type: z.literal('request'), id: z.int(), method: z.literal(method), parameters });

/** The methods of the latent explorer, as listed in latent.ts. */
const latentRequests = LATENT_METHODS.map((method) => request(method, latentParameters[method])) as unknown as {
  [M in LatentMethod]: z.ZodObject<{
    type: z.ZodLiteral<'request'>;
    id: z.ZodInt;
    method: z.ZodLiteral<M>;
    parameters: (typeof latentParameters)[M];
  }>;
}[LatentMethod][];

/** Client → trainer. Every request is answered between two steps, with `result` or `error`; some have a body. */
export const requestSchema = z.discriminatedUnion('method', [
  request('pause', z.object({})),
  request('resume', z.object({})),
  request(
    'step',
    z.object({
      count: z.int().min(1).max(1_000_000).default(1),
      /** Of that step only the phases of this name are carried out; `count` must then be 1. */
      phase: z.string().max(200).optional(),
      /** Whether scalars and pictures of the last of the steps are logged, whatever the logging rules say. */
      show: z.boolean().default(false),
    }),
  ),
  /** Slows the run down until it ends; null: full speed. */
  request('pace', z.object({ stepsPerSecond: z.number().min(SLOWEST_PACE).max(FASTEST_PACE).nullable() })),
  request('stop', z.object({ checkpoint: z.boolean().default(true) })),
  request('checkpoint', z.object({})),
  request(
    'sample',
    z.object({
      count: z.int().min(1).max(4096).default(64),
      seed: seedSchema.optional(),
      label: z.int().min(0).optional(),
      log: z.boolean().default(true),
    }),
  ),
  request(
    'draw',
    z.object({
      count: z.int().min(1).max(MOST_DRAWN),
      from: z.int().min(0).default(0),
      seed: seedSchema,
      label: z.int().min(0).optional(),
    }),
  ),
  request(
    'evaluate',
    z.object({
      samples: z.int().min(0).max(5000).default(0),
      count: z.int().min(1).optional(),
      generated: z.int().min(0).max(MOST_GENERATED).default(0),
    }),
  ),
  request('set', z.object({ name: z.string().max(200), value: z.number() })),
  request('state', z.object({})),
  request('follow', followParameters),
  ...latentRequests,
]);
export type ControlRequest = z.output<typeof requestSchema>;
export type Method = ControlRequest['method'];
export type Parameters<M extends Method> = Extract<ControlRequest, { method: M }>['parameters'];
export type LatentRequest = Extract<ControlRequest, { method: LatentMethod }>;

export function isLatentRequest(request: ControlRequest): request is LatentRequest {
  return Object.hasOwn(latentParameters, request.method);
}

/** The results by method. Images are 8-bit gray or RGB, rows first; the bytes are the frame's body. */
export interface Results extends LatentResults {
  pause: { step: number };
  resume: { step: number };
  step: { step: number };
  pace: { step: number; stepsPerSecond: number | null };
  stop: { step: number; checkpoint: string | null };
  checkpoint: { step: number; file: string };
  /**
   * `columns`: number of consecutive samples per class, for conditional samples. The body holds images as bytes, or
   * points of `size` coordinates as float32, little-endian.
   */
  sample: { step: number; count: number; columns?: number } & (
    { height: number; width: number; channels: number; size?: undefined } | { size: number }
  );
  /**
   * Samples as exact numbers: those of `total` from the requested one on, as many as one answer takes. The body holds them as float32
   * [count, …shape], images with values in [0, 1]; then, where `latent` says so, z as float32 [count, latent]; then, where `labeled`
   * says so, their classes as int32 [count]; all little-endian.
   */
  draw: { step: number; count: number; total: number; shape: number[]; latent?: number; labeled: boolean };
  /** `examples`: what `count` counts; images if absent, as from trainers of version 0.1.0. `units`: of those metrics that have one, by tag ("nats per image"). */
  evaluate: {
    step: number;
    count: number;
    examples?: 'image' | 'point';
    units?: Record<string, string>;
    metrics: Record<string, number>;
    /** Standard errors of those metrics that have one, by tag. */
    errors?: Record<string, number>;
    /** How many samples were compared with data. */
    generated?: number;
  };
  set: { step: number; before: number; after: number };
  state: LiveState;
  follow: { step: number };
}

/** Requests that a watcher may make, since they change nothing. */
export const WATCHER_METHODS: readonly Method[] = ['state', 'follow', ...LATENT_METHODS];
