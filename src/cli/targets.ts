import { access, constants, lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { RunDirectory, UnfitRunsFolderError } from '../runs/directory';
import { CheckpointStore } from '../runs/checkpoints';
import { errorCode, errorMessage, reasonOf } from '../runs/error';
import { checkRunName } from '../runs/names';
import type { Programs } from '../process/launcher';
import { isReplaced } from './outFile';
import { UsageError } from './usageError';

/** The programs beside this one in `dist`. */
export function programs(): Programs {
  return { node: process.execPath, trainer: path.join(__dirname, 'trainer.cjs') };
}

/** A run by its folder, or by its name in the runs folder. Throws {@link UsageError} if there is none. */
export async function findRun(run: string, runsFolder: string): Promise<RunDirectory> {
  for (const folder of [run, path.join(runsFolder, run)]) {
    if (await isFolder(folder)) return openRun(folder);
  }
  throw new UsageError(`There is no run "${run}", neither as a folder nor in ${runsFolder}.`);
}

async function openRun(folder: string): Promise<RunDirectory> {
  const run = await RunDirectory.open(folder);
  if (await exists(run.recordPath)) return run;
  throw new UsageError(`${folder} is not a run: there is no ${path.basename(run.recordPath)} in it.`);
}

/** Throws {@link UsageError} for a name that no run can have. */
export function checkName(name: string | undefined): void {
  try {
    if (name !== undefined) checkRunName(name);
  } catch (error) {
    throw new UsageError(errorMessage(error), { cause: error });
  }
}

/** Throws {@link UsageError} if it exists and is not a folder. */
export async function checkRunsFolder(folder: string): Promise<void> {
  if ((await kindOf(folder)) === 'other') {
    throw new UsageError(`${folder} is not a folder: runs are in a folder of their own, such as runs.`);
  }
}

/**
 * Adds advice to the error of creating a run, if the folder is the reason. Commands that create runs take the folder
 * with --runs.
 */
export function withRunsAdvice(error: unknown): unknown {
  if (!(error instanceof UnfitRunsFolderError)) return error;
  return new Error(`${error.message} Choose a folder that you may write to: --runs FOLDER`, { cause: error });
}

/** Throws {@link UsageError} if no file can be written under a name. */
export async function checkOut(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const around = await kindOf(folder);
  if (around === 'nothing')
    throw new UsageError(`The folder ${folder} does not exist: create it, or choose another one.`);
  if (around === 'other') throw new UsageError(`${folder} is not a folder: choose another place for ${file}.`);
  if ((await kindOf(file)) === 'folder')
    throw new UsageError(`${file} is a folder: name a file in it (--out FILE.png).`);
  // Checked before the work is done. Anything but a regular file, such as a pipe, is written directly.
  const written = (await isReplaced(file)) ? folder : file;
  await access(written, constants.W_OK).catch((error: unknown) => {
    throw new UsageError(`${written} cannot be written to: ${reasonOf(error)}. Choose another place with --out.`);
  });
}

async function kindOf(location: string): Promise<'folder' | 'other' | 'nothing'> {
  return stat(location).then(
    (stats) => (stats.isDirectory() ? 'folder' : 'other'),
    (error: unknown) => (errorCode(error) === 'ENOTDIR' ? 'other' : 'nothing'),
  );
}

/** A checkpoint file; for a run its newest checkpoint. Throws {@link UsageError} if there is none. */
export async function findCheckpoint(target: string): Promise<string> {
  if (!(await isFolder(target))) {
    if (await exists(target)) return path.resolve(target);
    throw new UsageError(`There is no checkpoint ${target}.`);
  }
  const run = await openRun(target);
  const { specification } = await run.readRecord();
  const newest = (await new CheckpointStore(run, specification.checkpoints).list()).at(-1);
  if (newest === undefined) throw new UsageError(`The run ${run.name} has no checkpoint yet.`);
  return path.join(run.checkpointsPath, newest.file);
}

export async function isFolder(target: string): Promise<boolean> {
  return stat(target).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function exists(target: string): Promise<boolean> {
  return lstat(target).then(
    () => true,
    () => false,
  );
}
