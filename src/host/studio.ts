import type * as vscode from 'vscode';
import type { Disposable } from '../common/disposable';
import type { ControlClient } from '../process/client';
import type { Results } from '../protocol/control';
import type { Specification } from '../protocol/specification';
import type { Interpreter } from '../process/interpreter';
import type { ImageJob, SheetResult, Survey } from '../protocol/imageJobs';
import type { RunRegistry } from './registry/registry';
import type { FrontRun } from './registry/frontRun';
import type { RunSelection } from './registry/selection';

/** What every feature of the extension receives; put together in src/extension.ts. */
export interface Studio {
  readonly extension: vscode.Uri;
  readonly registry: RunRegistry;
  readonly selection: RunSelection;
  readonly front: FrontRun;
  readonly launcher: Launcher;
  /** Context keys of the engine; refreshed after its setup. */
  readonly engine: { refresh(): Promise<void> };
  readonly log: vscode.LogOutputChannel;
  /** State of this machine, for offers that are made once. */
  readonly memory: vscode.Memento;
}

/** Starts our programs, with the interpreter and libraries that the machine settings name. */
export interface Launcher {
  /** Creates a run and starts its trainer; resolves to the run directory when the trainer answers. */
  start(options: { runsFolder: string; specification: Specification; base?: string }): Promise<{ path: string }>;
  /** Creates a run that continues from a checkpoint file, and starts its trainer; resolves when that answers. */
  branch(options: { runsFolder: string; from: string; extendEpochs?: number }): Promise<{ path: string }>;
  /** Lets the image decoder look at a folder, or draw a sheet of its images; rejects with the signal's reason. */
  images<Job extends ImageLook>(job: Job, signal: AbortSignal): Promise<ImageLooks[Job['job']]>;
  /** One of our programs other than the trainer, and the interpreter that runs it. */
  interpreter(): Promise<Interpreter>;
  /** Starts a trainer on the newest checkpoint of a run that is not training; disposing of it ends the trainer. */
  inspect(run: string): Promise<Inspector>;
  /** The same on a checkpoint file. */
  inspectCheckpoint(file: string): Promise<Inspector>;
  /** Connects to the live trainer of a run as a watcher; undefined if nobody answers. */
  attach(address: { readonly id: string; readonly expectedPath: string }): Promise<ModelClient | undefined>;
  /** Starts a trainer on a checkpoint file and stays connected; disposing of it ends the trainer. */
  open(checkpoint: string): Promise<ModelClient>;
  /** Whether trainers started now use native TensorFlow and, if not, whether it could be set up. */
  tensorFlow(): Promise<'ready' | 'missing' | 'unsupported'>;
  /** Added to the environment of every process that is started. */
  environment(): Record<string, string>;
}

/** What the window asks of the image decoder; whole folders are decoded by trainers. */
export type ImageLook = Exclude<ImageJob, { readonly job: 'decode' }>;
export interface ImageLooks {
  readonly survey: Survey;
  readonly sheet: SheetResult;
}

/** A process that holds a model and answers requests about it. */
export type ModelClient = Pick<
  ControlClient,
  'state' | 'onState' | 'onCheckpoint' | 'onLatents' | 'onClose' | 'request' | 'dispose'
>;

/** A checkpoint loaded by a trainer that writes nothing. */
export interface Inspector extends Disposable {
  /** The current activity, for users. */
  onActivity(listener: (activity: string) => void): Disposable;
  /** A grid of this many samples, as PNG. */
  sample(
    count: number,
    seed: number,
  ): Promise<{
    readonly step: number;
    readonly count: number;
    readonly width: number;
    readonly height: number;
    readonly bytes: Uint8Array;
  }>;
  /**
   * Means over the test set; also the likelihood, by this many importance samples per image, and a comparison of this many
   * generated samples with test examples, unless 0.
   */
  evaluate(samples: number, generated: number): Promise<Results['evaluate']>;
}
