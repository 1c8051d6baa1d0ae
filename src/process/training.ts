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
  /** The folder that relative paths of the specification mean: that of its file; else the one around the runs. */
  readonly base?: string;
  readonly programs: Programs;
  readonly name?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Makes a run of the specification and starts its trainer. What host and command line both call. */
export async function startTraining(options: StartOptions): Promise<{ run: RunDirectory; pid: number }> {
  const base = options.base ?? path.dirname(options.runsFolder);
  const specification = withAbsolutePaths(options.specification, base);
  const gitCommit = await commitOf(base);
  await runtimeFolder(); // where there can be none no trainer can be reached: better known before there is a run
  const run = await createRun(options.runsFolder, specification, { name: options.name, gitCommit });
  return launchNew(run, options);
}

/**
 * Makes a new run that continues from a checkpoint, and starts its trainer. Throws {@link FinishedError} for the checkpoint
 * of a run that was done, unless it is extended.
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
      `This is the end of ${plural(epochs, 'epoch')}. Say how many more the new run should train.`,
    );
  }
  const gitCommit = await commitOf(path.dirname(options.runsFolder));
  await runtimeFolder();
  const run = await branchRun(options.runsFolder, options.from, { name: options.name, gitCommit });
  try {
    checkRevision(await run.readRecord(), options.revision);
  } catch (error) {
    // Nobody asked for a branch without the change.
    await rm(run.path, { recursive: true, force: true });
    throw error;
  }
  return launchNew(run, options);
}

/** Starts the first trainer of a run. Where there can be none, the run's record says why. */
async function launchNew(
  run: RunDirectory,
  options: Omit<LaunchOptions, 'run'>,
): Promise<{ run: RunDirectory; pid: number }> {
  try {
    const { pid, folder } = await launchTrainer({ ...options, run: run.path });
    return { run: await RunDirectory.open(folder), pid };
  } catch (error) {
    await recordFailure(run, error).catch(() => undefined); // the caller hears of it in any case
    throw error;
  }
}

/** Leaves a run alone that a trainer has, or has had. */
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

/** There is nothing left to train: the run can only be made longer. */
export class FinishedError extends LaunchError {
  override name = 'FinishedError';
}

/**
 * Starts the trainer of a run that ended, from its newest whole checkpoint. Throws {@link LaunchError} for a run that has
 * nothing to train any more and is not extended, and for a finished one that has no checkpoint left; {@link
 * RevisionError} for a change of hyperparameters that cannot be made.
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

/** A value or a name that the model does not have, or no edit to take back. */
export class RevisionError extends LaunchError {
  override name = 'RevisionError';
}

/**
 * Throws {@link RevisionError} before anything is started. Of a run that no trainer has loaded yet it is not known which
 * values it has: its trainer says so then.
 */
export function checkRevision({ hyperparameters, changes }: RunRecord, revision: Revision = {}): void {
  const problem = revisionProblem(revision, hyperparameters, changes);
  if (problem !== undefined) throw new RevisionError(problem);
}

/**
 * A run that has finished can be made longer, and can still continue to its end where its last checkpoint has been damaged
 * since; without any it would begin anew, over the curves that it has.
 */
async function checkContinuable(run: RunDirectory, record: RunRecord, extended: boolean): Promise<void> {
  const newest = await new CheckpointStore(run, record.specification.checkpoints).newestChecked(record.id);
  if (newest !== undefined && (extended || newest.step < record.totalSteps)) return;
  const finished = `${printable(record.name)} has finished its ${plural(record.specification.training.epochs, 'epoch')}`;
  if (newest !== undefined) throw new FinishedError(`${finished}. Say how many more it should train.`);
  throw new LaunchError(`${finished}, and none of its checkpoints can be read any more: train a new run.`);
}

/** A run is self-contained: what its specification said relative to its file becomes absolute. */
function withAbsolutePaths(specification: Specification, base: string): Specification {
  const { data } = specification;
  if (data.path === undefined) return specification;
  return { ...specification, data: { ...data, path: path.resolve(base, data.path) } };
}
