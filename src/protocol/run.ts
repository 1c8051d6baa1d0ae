import * as z from 'zod';
import { capabilitiesSchema } from './capabilities';
import { specificationSchema } from './specification';

/**
 * `run.json`: what a run is and how it stands. Written by whoever creates the run and then only by the trainer that
 * holds the run's lock; everybody else reads.
 */

export const RUN_FORMAT_VERSION = 1;

export const runStatusSchema = z.enum([
  'created', // the folder exists, no trainer has taken it yet
  'starting', // the trainer holds the lock and loads data and program
  'running',
  'paused',
  'stopping', // asked to stop; a checkpoint is being written
  'stopped', // ended before its last step, on request; can be resumed
  'finished', // reached its last step; can be extended
  'failed', // ended by an error; `failure` says which
]);
export type RunStatus = z.output<typeof runStatusSchema>;

export const runIdSchema = z.string().regex(/^[0-9a-f]{32}$/);

/** One chart that a family of models declares: shown first, in this order. */
export const chartDeclarationSchema = z.object({
  title: z.string(),
  unit: z.string().default(''),
  series: z.array(z.object({ tag: z.string(), label: z.string() })),
});
export type ChartDeclaration = z.output<typeof chartDeclarationSchema>;

const barsSchema = z.object({
  prefix: z.string(),
  count: z.int().min(0),
  title: z.string(),
  unit: z.string(),
  /** In `unit`; bars at or below it are drawn faintly. */
  threshold: z.number().optional(),
});

/** Version 0.1.0 calls `threshold` "activeAbove". */
function withThreshold(bars: unknown): unknown {
  const named = typeof bars === 'object' && bars !== null && 'activeAbove' in bars && !('threshold' in bars);
  return named ? { ...bars, threshold: bars.activeAbove } : bars;
}

/** What views need to know of a family of models, declared by the model, so that no view knows a family. */
export const presentationSchema = z.object({
  family: z.string(),
  title: z.string(),
  /** The tag that the tree and the status bar show ("test/negative_elbo"), and whether less is better. */
  headline: z.object({ tag: z.string(), label: z.string(), mode: z.enum(['min', 'max']) }),
  charts: z.array(chartDeclarationSchema),
  /** Image tags in the order in which they are shown. */
  images: z.array(
    z.object({
      tag: z.string(),
      label: z.string(),
      /** What each row of the grid shows, from the top ("data", "model", a class); absent where rows mean nothing. */
      rows: z.array(z.string().max(100)).max(256).optional(),
    }),
  ),
  /** Scalars `${prefix}${two-digit index}`, one per latent dimension, drawn as bars. */
  bars: z.array(z.preprocess(withThreshold, barsSchema)),
});
export type Presentation = z.output<typeof presentationSchema>;

export const backendInfoSchema = z.object({
  name: z.enum(['tensorflow', 'wasm']),
  /** As shown to people: "TensorFlow 2.21.0 CPU", "TensorFlow 2.21.0 NVIDIA H200", "WebAssembly SIMD". */
  description: z.string(),
  version: z.string(),
  device: z.string(),
  /** Whatever else changes bits: thread counts, oneDNN, CPU features; a resume pins them. */
  flags: z.record(z.string(), z.string()),
});
export type BackendInfo = z.output<typeof backendInfoSchema>;

export const failureSchema = z.object({
  /** What happened, in one sentence. */
  message: z.string(),
  /** What can be done about it. */
  remedy: z.string().optional(),
  kind: z.enum(['specification', 'data', 'not-a-number', 'backend', 'disk', 'internal']),
  step: z.int().optional(),
});
export type Failure = z.output<typeof failureSchema>;

/** A number that may be changed while the model trains, as its family declares it. */
export const hyperparameterSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** What the specification says; holds until the first change. */
  value: z.number(),
  minimum: z.number(),
  maximum: z.number(),
});
export type Hyperparameter = z.output<typeof hyperparameterSchema>;

/**
 * A hyperparameter that was changed while the model trained: `value` holds from update `step` (counted from 1) on. A
 * resume replays the changes at their steps, so that it ends where the undisturbed run would have.
 */
export const changeSchema = z.object({
  step: z.int().min(0),
  name: z.string(),
  before: z.number(),
  value: z.number(),
  /** Step of the change of the same name that this one takes back, where that is what it was made for. */
  takesBack: z.int().min(0).optional(),
});
export type Change = z.output<typeof changeSchema>;

/** Where a run comes from: its first checkpoint is that of `run` at `step`. */
export const parentSchema = z.object({
  run: runIdSchema,
  /** The parent's name then. */
  name: z.string().optional(),
  step: z.int().min(0),
});

export const runRecordSchema = z.object({
  format: z.literal(RUN_FORMAT_VERSION),
  id: runIdSchema,
  name: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  status: runStatusSchema,
  specification: specificationSchema,
  step: z.int().min(0),
  epoch: z.number().min(0),
  totalSteps: z.int().min(0),
  stepsPerEpoch: z.int().min(0),
  presentation: presentationSchema.optional(),
  backend: backendInfoSchema.optional(),
  failure: failureSchema.optional(),
  /** Said where a promise is weaker than usual ("not bit for bit: 4 threads instead of 2"). */
  notes: z.array(z.string()).default([]),
  changes: z.array(changeSchema).default([]),
  /** Known as soon as a trainer has built the model; what version 0.1.0 wrote is completed when it is read. */
  capabilities: capabilitiesSchema.optional(),
  /** Known as soon as a trainer has built the model. */
  hyperparameters: z.array(hyperparameterSchema).optional(),
  parameters: z.int().optional(),
  versions: z.record(z.string(), z.string()).default({}),
  gitCommit: z.string().optional(),
  /** The checkpoint of another run that this one began with. */
  parent: parentSchema.optional(),
});
export type RunRecord = z.output<typeof runRecordSchema>;
