import { plural } from '../common/plural';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { revisionProblem, type Revision } from '../protocol/revision';
import type { Failure, RunRecord } from '../protocol/run';
import type { Specification } from '../protocol/specification';
import { branchPoint, branchRun } from '../runs/branch';
import { CheckpointStore } from '../runs/checkpoints';
import { errorMessage } from '../common/systemError';
import { inspectLock } from '../runs/lock';
import { createRun, RunDirectory } from '../runs/directory';
import { printable } from '../runs/printable';
import { gitCommit as commitOf } from './gitCommit';
import { launchTrainer, LaunchError, type LaunchOptions, type Programs } from './launcher';
import { runtimeFolder } from './runtimeFolder';

export interface StartOptions {
  readonly runsFolder: string;
  readonly specification: Specification;
  /**
   * Base folder of relative paths in the specification: the folder of its file, else the one that contains the runs.
   */
  readonly base?: string;
  readonly programs: Programs;
  readonly name?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Creates a run of the specification and starts its trainer; used by host and command line alike. */
export async function startTraining(options: StartOptions): Promise<{ run: RunDirectory; pid: number }> {
  const base = options.base ?? path.dirname(options.runsFolder);
  const specification = withAbsolutePaths(options.specification, base);
  const gitCommit = await commitOf(base);
  await runtimeFolder(); // Without a runtime folder no trainer can be reached, so this fails before the run is created.
  const run = await createRun(options.runsFolder, specification, { name: options.name, gitCommit });
  return launchNew(run, options);
}

/**
 * Creates a new run that continues from a checkpoint, and starts its trainer. Throws {@link FinishedError} for the
 * checkpoint of a finished run, unless it is extended.
 */
export async function branchTraining(options: {
  readonly runsFolder: string;
  /** The checkpoint file. */
  readonly from: string;
  readonly name?: string;
  readonly extendEpochs?: number;
  readonly revision?: Revision;
  readonly programs: Programs;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<{ run: RunDirectory; pid: number }> {
  const { epochs, done } = await branchPoint(options.from);
  if (done && options.extendEpochs === undefined) {
    throw new FinishedError(
      `This checkpoint completes ${plural(epochs, 'epoch')}. Say how many more the new run should train.`,
    );
  }
  const gitCommit = await commitOf(path.dirname(options.runsFolder));
  await runtimeFolder();
  const run = await branchRun(options.runsFolder, options.from, { name: options.name, gitCommit });
  try {
    checkRevision(await run.readRecord(), options.revision);
  } catch (error) {
    // A branch without the requested change would be useless.
    await rm(run.path, { recursive: true, force: true });
    throw error;
  }
  return launchNew(run, options);
}

/** Starts the first trainer of a run. If none can be started, the reason is written to the run's record. */
async function launchNew(
  run: RunDirectory,
  options: Omit<LaunchOptions, 'run'>,
): Promise<{ run: RunDirectory; pid: number }> {
  try {
    const { pid, folder } = await launchTrainer({ ...options, run: run.path });
    return { run: await RunDirectory.open(folder), pid };
  } catch (error) {
    await recordFailure(run, error).catch(() => undefined); // The caller gets the original error in any case.
    throw error;
  }
}

/** Does nothing for a run that has, or has had, a trainer. */
async function recordFailure(run: RunDirectory, error: unknown): Promise<void> {
  const record = await run.readRecord();
  if (record.status !== 'created' || !['free', 'stale'].includes((await inspectLock(run.path)).state)) return;
  const failure: Failure = {
    kind: 'internal',
    message: errorMessage(error),
    remedy: 'Correct that, then resume the run.',
  };
  await run.writeRecord({ ...record, status: 'failed', failure });
}

/** There is nothing left to train: the run can only be trained longer. */
export class FinishedError extends LaunchError {
  override name = 'FinishedError';
}

/**
 * Starts the trainer of an ended run from its newest intact checkpoint. Throws {@link LaunchError} for a run that has
 * nothing left to train and is not extended, and for a finished one without a checkpoint; {@link RevisionError} for an
 * impossible change of hyperparameters.
 */
export async function resumeTraining(options: {
  readonly run: string;
  readonly extendEpochs?: number;
  readonly revision?: Revision;
  readonly programs: Programs;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<{ pid: number; folder: string }> {
  const run = await RunDirectory.open(options.run);
  const record = await run.readRecord();
  checkRevision(record, options.revision);
  if (record.status === 'finished') await checkContinuable(run, record, options.extendEpochs !== undefined);
  return launchTrainer(options);
}

/** The model has no such hyperparameter or value, or there is no edit to undo. */
export class RevisionError extends LaunchError {
  override name = 'RevisionError';
}

/**
 * Throws {@link RevisionError} before anything is started. The hyperparameters of a run that no trainer has loaded yet
 * are unknown; its trainer then checks them.
 */
export function checkRevision({ hyperparameters, changes }: RunRecord, revision: Revision = {}): void {
  const problem = revisionProblem(revision, hyperparameters, changes);
  if (problem !== undefined) throw new RevisionError(problem);
}

/**
 * A finished run can be extended, and if its last checkpoint was damaged it can still be resumed from an earlier one;
 * without any checkpoint it would start over, on top of its existing curves.
 */
async function checkContinuable(run: RunDirectory, record: RunRecord, extended: boolean): Promise<void> {
  const newest = await new CheckpointStore(run, record.specification.checkpoints).newestChecked(record.id);
  if (newest !== undefined && (extended || newest.step < record.totalSteps)) return;
  const finished = `${printable(record.name)} has finished its ${plural(record.specification.training.epochs, 'epoch')}`;
  if (newest !== undefined) throw new FinishedError(`${finished}. Say how many more it should train.`);
  throw new LaunchError(`${finished}, and none of its checkpoints can be read: train a new run.`);
}

/** A run is self-contained: paths relative to the specification's file become absolute. */
function withAbsolutePaths(specification: Specification, base: string): Specification {
  const { data } = specification;
  if (data.path === undefined) return specification;
  return { ...specification, data: { ...data, path: path.resolve(base, data.path) } };
}
