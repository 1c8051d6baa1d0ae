import * as z from 'zod';
import { alertSchema } from './alert';
import { capabilitiesSchema } from './capabilities';
import { panelsSchema, withPanels } from './panels';
import { specificationSchema } from './specification';

/**
 * `run.json`: the description and status of a run. Written by the creator of the run and then only by the trainer that
 * holds the run's lock; everyone else only reads it.
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

/** What views need to know about a model family, declared by the model, so that views are independent of families. */
export const presentationSchema = z.preprocess(
  withPanels,
  z.object({
    family: z.string(),
    title: z.string(),
    /** The tag shown in the tree and the status bar ("test/negative_elbo"), and whether lower is better. */
    headline: z.object({ tag: z.string(), label: z.string(), mode: z.enum(['min', 'max']) }),
    /** In the order in which they are shown. */
    panels: panelsSchema,
    /** The names of a training step's phases, where it has several; each can be carried out by itself. */
    phases: z.array(z.string().max(200)).max(32).optional(),
  }),
);
export type Presentation = z.output<typeof presentationSchema>;

export const backendInfoSchema = z.object({
  name: z.enum(['tensorflow', 'wasm']),
  /** As shown to users: "TensorFlow 2.21.0 CPU", "TensorFlow 2.21.0 NVIDIA H200", "WebAssembly SIMD". */
  description: z.string(),
  version: z.string(),
  device: z.string(),
  /** Everything else that affects results bit by bit: thread counts, oneDNN, CPU features; a resume pins them. */
  flags: z.record(z.string(), z.string()),
});
export type BackendInfo = z.output<typeof backendInfoSchema>;

export const failureSchema = z.object({
  /** What happened, in one sentence. */
  message: z.string(),
  /** What the user can do about it. */
  remedy: z.string().optional(),
  kind: z.enum(['specification', 'data', 'not-a-number', 'backend', 'disk', 'internal']),
  step: z.int().optional(),
  /** Of a diverged run: where a replay found the first number that is not finite. */
  origin: z
    .object({
      /** Finished updates, the one in question included. */
      step: z.int(),
      /** The part of the step ("discriminator"). */
      phase: z.string(),
      part: z.enum(['forward', 'gradient', 'update', 'variable', 'input']),
      operation: z.string(),
      layer: z.string().optional(),
      shape: z.array(z.int()),
      /** "NaN", "Infinity" or "-Infinity". */
      value: z.string(),
      count: z.int(),
    })
    .optional(),
});
export type Failure = z.output<typeof failureSchema>;

/** A number that may be changed during training, as declared by the family. */
export const hyperparameterSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** The value in the specification, in effect until the first change. */
  value: z.number(),
  minimum: z.number(),
  maximum: z.number(),
});
export type Hyperparameter = z.output<typeof hyperparameterSchema>;

/**
 * An edit of a hyperparameter during training: `value` applies from update `step` (counted from 1) on. A resume replays
 * the edits at their steps, so that it ends with the same result as the uninterrupted run.
 */
export const changeSchema = z.object({
  step: z.int().min(0),
  name: z.string(),
  before: z.number(),
  value: z.number(),
  /** For an undo: the step of the edit of the same name that it takes back. */
  takesBack: z.int().min(0).optional(),
});
export type Change = z.output<typeof changeSchema>;

/**
 * A training step of which only the phases of one name were carried out, at a user's request. `step` is counted from 1. A resume
 * repeats it, as it repeats {@link changeSchema edits}.
 */
export const partialStepSchema = z.object({ step: z.int().min(1), phase: z.string().max(200) });
export type PartialStep = z.output<typeof partialStepSchema>;

/** The origin of a run: its first checkpoint is that of `run` at `step`. */
export const parentSchema = z.object({
  run: runIdSchema,
  /** The parent's name at that time. */
  name: z.string().optional(),
  step: z.int().min(0),
});

/** The files of a folder of images that a run learns from. */
export const readImagesSchema = z.object({
  used: z.int().min(0),
  skipped: z.int().min(0),
  /** The first of those that could not be decoded; trainer.log lists more. */
  examples: z.array(z.object({ file: z.string(), reason: z.string() })),
  /** Of all images as decoded, in hexadecimal. */
  fingerprint: z.string(),
});
export type ReadImages = z.output<typeof readImagesSchema>;

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
  /** Caveats, when a guarantee is weaker than usual ("not bit for bit: 4 threads instead of 2"). */
  notes: z.array(z.string()).default([]),
  changes: z.array(changeSchema).default([]),
  /** In the order of their steps; absent in a run that was never stepped phase by phase. */
  partialSteps: z.array(partialStepSchema).optional(),
  /** Present as soon as a trainer has built the model; records of version 0.1.0 are completed when they are read. */
  capabilities: capabilitiesSchema.optional(),
  /** Present as soon as a trainer has built the model. */
  hyperparameters: z.array(hyperparameterSchema).optional(),
  parameters: z.int().optional(),
  /** Present as soon as a trainer has read a folder of images. */
  images: readImagesSchema.optional(),
  /** Signs that training goes wrong, in the order of their steps, those that are over included. */
  alerts: z.array(alertSchema).optional(),
  versions: z.record(z.string(), z.string()).default({}),
  gitCommit: z.string().optional(),
  /** The checkpoint of another run that this one started from. */
  parent: parentSchema.optional(),
});
export type RunRecord = z.output<typeof runRecordSchema>;
