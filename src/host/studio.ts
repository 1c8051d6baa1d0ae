import type * as vscode from 'vscode';
import type { Disposable } from '../common/disposable';
import type { ControlClient } from '../process/client';
import type { Results } from '../protocol/control';
import type { Specification } from '../protocol/specification';
import type { Interpreter } from '../process/interpreter';
import type { RunRegistry } from './registry/registry';
import type { FrontRun } from './registry/frontRun';
import type { RunSelection } from './registry/selection';
import type { EngineContext } from './ui/engineContext';

/** What every feature of the extension is given; it is put together in src/extension.ts. */
export interface Studio {
  readonly extension: vscode.Uri;
  readonly registry: RunRegistry;
  readonly selection: RunSelection;
  readonly front: FrontRun;
  readonly launcher: Launcher;
  readonly engine: EngineContext;
  readonly log: vscode.LogOutputChannel;
  /** Of this machine, for what is offered once. */
  readonly memory: vscode.Memento;
}

/** Starts our programs, with the interpreter and the libraries that the machine's settings name. */
export interface Launcher {
  /** Makes a run and starts its trainer; resolves to the run directory when the trainer answers. */
  start(options: { runsFolder: string; specification: Specification; base?: string }): Promise<{ path: string }>;
  /** Makes a run that continues from a checkpoint file, and starts its trainer; resolves when that answers. */
  branch(options: { runsFolder: string; from: string; extendEpochs?: number }): Promise<{ path: string }>;
  /** A program of ours that is not a trainer, and what runs it. */
  interpreter(): Promise<Interpreter>;
  /** Starts a trainer on the newest checkpoint of a run that rests; it ends when it is disposed of. */
  inspect(run: string): Promise<Inspector>;
  /** The same on a checkpoint file. */
  inspectCheckpoint(file: string): Promise<Inspector>;
  /** Connects to the living trainer of a run, to look; undefined where nobody answers. */
  attach(address: { readonly id: string; readonly expectedPath: string }): Promise<ModelClient | undefined>;
  /** Starts a trainer on a checkpoint file, and stays connected; it ends when it is disposed of. */
  open(checkpoint: string): Promise<ModelClient>;
  /** Whether trainers that start now use native TensorFlow, and if not whether it could be set up. */
  tensorFlow(): Promise<'ready' | 'missing' | 'unsupported'>;
  /** Added to the environment of whatever is started. */
  environment(): Record<string, string>;
}

/** A process that holds a model and answers for it. */
export type ModelClient = Pick<
  ControlClient,
  'state' | 'onState' | 'onCheckpoint' | 'onLatents' | 'onClose' | 'request' | 'dispose'
>;

/** A checkpoint, loaded by a trainer that writes nothing. */
export interface Inspector extends Disposable {
  /** What it does, in words, while it works. */
  onActivity(listener: (activity: string) => void): Disposable;
  /** A grid of so many samples, as PNG. */
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
  /** Means over the test set; with the likelihood by so many importance samples an image, unless they are 0. */
  evaluate(samples: number): Promise<Results['evaluate']>;
}
