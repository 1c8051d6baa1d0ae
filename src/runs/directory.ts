import { randomBytes } from 'node:crypto';
import { mkdir, readdir, realpath, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, errorMessage, reasonOf, RunError } from './error';
import { makeFolders, writeFileAtomically, type FileOperations } from './files';
import { checkRunName, nextRunName, runStem } from './names';
import { printable } from './printable';
import { encodeRecord, readRecordFile } from './record';
import { RECORD_FILE } from './recordName';
import { RUN_FORMAT_VERSION, runRecordSchema, type RunRecord } from '../protocol/run';
import type { Specification } from '../protocol/specification';

/** A folder that holds one run: `run.json`, event files, `checkpoints/`, `trainer.log` and `lock`. */
export class RunDirectory {
  private lastWrite: Promise<void> = Promise.resolve();
  private locate: (() => Promise<void>) | undefined;

  /** @param location absolute, without links on the way */
  private constructor(private location: string) {}

  /** Throws {@link RunError} if there is no folder; {@link readRecord} checks whether it contains a usable run. */
  static async open(folder: string): Promise<RunDirectory> {
    const resolved = await realpath(folder).catch((error: unknown) => {
      throw new RunError(`There is no run at ${printable(folder)} (${errorCode(error) ?? 'unknown error'}).`);
    });
    if (!(await stat(resolved)).isDirectory()) {
      throw new RunError(`${printable(folder)} is not a folder: name the run’s folder, not a file in it.`);
    }
    return new RunDirectory(resolved);
  }

  /** Absolute, without links on the way. Another one once the folder was renamed while this process holds its lock. */
  get path(): string {
    return this.location;
  }
  get name(): string {
    return path.basename(this.path);
  }
  get recordPath(): string {
    return path.join(this.path, RECORD_FILE);
  }
  /** Output of the trainer. Event files are beside it under TensorBoard's names. */
  get logPath(): string {
    return path.join(this.path, 'trainer.log');
  }
  get checkpointsPath(): string {
    return path.join(this.path, 'checkpoints');
  }
  get lockPath(): string {
    return path.join(this.path, 'lock');
  }

  /** Throws {@link RunError} for a record that is missing or cannot be used. */
  readRecord(): Promise<RunRecord> {
    return readRecordFile(this.recordPath);
  }

  /**
   * For the holder of the lock, whose folder may be renamed: `locate` is called before anything is written, calls
   * {@link moveTo} if the folder has been renamed, and throws if nothing may be written any longer.
   */
  watchOver(locate: (() => Promise<void>) | undefined): void {
    this.locate = locate;
  }

  moveTo(folder: string): void {
    this.location = folder;
  }

  /**
   * Does what reads or writes files of the run, in the folder as it is called now; once more where the folder was
   * renamed meanwhile.
   */
  async inPlace<T>(work: () => Promise<T>): Promise<T> {
    // Checked before as well: the old path may already belong to another run.
    await this.locate?.();
    const before = this.location;
    try {
      return await work();
    } catch (error) {
      if (this.locate === undefined || errorCode(error) !== 'ENOENT') throw error;
      await this.locate();
      if (this.location === before) throw error;
      return work();
    }
  }

  /**
   * Writes a record, its `updatedAt` set to now. The caller must have created the run or hold its lock. Calls are carried
   * out in order, so the last one wins.
   */
  writeRecord(record: RunRecord, files?: FileOperations): Promise<void> {
    const bytes = encodeRecord({ ...record, updatedAt: new Date().toISOString() });
    const write = this.lastWrite.then(() => this.inPlace(() => writeFileAtomically(this.recordPath, [bytes], files)));
    this.lastWrite = write.catch(() => undefined);
    return write;
  }
}

/** No run can be created in a folder of runs: another one has to be chosen, and how is the caller's to say. */
export class UnfitRunsFolderError extends RunError {
  override name = 'UnfitRunsFolderError';
}

export interface CreateRunOptions {
  /** The folder's exact name; left out, the next free number is added to the specification's stem. */
  readonly name?: string;
  /** The run and step that this one continues from. */
  readonly parent?: RunRecord['parent'];
  /** State of a run that does not begin at step 0. */
  readonly start?: Partial<RunRecord>;
  readonly gitCommit?: string;
}

/**
 * Creates a folder and a record of status `created` for a new run, and `runsFolder` if it does not exist. Concurrent
 * callers get different runs. Throws {@link RunError} for a name that is taken or invalid, {@link UnfitRunsFolderError} if
 * no folder can be created.
 */
export async function createRun(
  runsFolder: string,
  specification: Specification,
  options: CreateRunOptions = {},
): Promise<RunDirectory> {
  if (options.name !== undefined) checkRunName(options.name);
  await makeFolders(runsFolder).catch((error: unknown) => {
    throw new UnfitRunsFolderError(errorMessage(error), { cause: error });
  });
  const name = options.name === undefined ? await makeNumbered(runsFolder, specification) : options.name;
  if (options.name !== undefined) await makeNamed(runsFolder, options.name);
  const run = await RunDirectory.open(path.join(runsFolder, name));
  const now = new Date().toISOString();
  try {
    await mkdir(run.checkpointsPath);
    await run.writeRecord(
      runRecordSchema.parse({
        format: RUN_FORMAT_VERSION,
        id: randomBytes(16).toString('hex'),
        name,
        createdAt: now,
        updatedAt: now,
        status: 'created',
        specification,
        step: 0,
        epoch: 0,
        totalSteps: 0,
        stepsPerEpoch: 0,
        ...options.start,
        gitCommit: options.gitCommit,
        parent: options.parent,
      }),
    );
  } catch (error) {
    // A folder without a record is useless; it stays only if it contains other files.
    await rm(run.recordPath, { force: true }).catch(() => undefined);
    await rmdir(run.checkpointsPath).catch(() => undefined);
    await rmdir(run.path).catch(() => undefined);
    throw error;
  }
  return run;
}

async function makeNamed(runsFolder: string, name: string): Promise<void> {
  if (await makeFolder(path.join(runsFolder, name))) return;
  throw new RunError(`There is already a run “${name}” in ${printable(runsFolder)}: choose another name.`);
}

async function makeNumbered(runsFolder: string, specification: Specification): Promise<string> {
  for (;;) {
    const names = await readdir(runsFolder).catch((error: unknown) => unfit(runsFolder, error));
    const name = nextRunName(runStem(specification), names);
    checkRunName(name);
    // Another process may take the name between check and creation: then the next number is tried.
    if (await makeFolder(path.join(runsFolder, name))) return name;
  }
}

/** Resolves to false if the name is taken. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    return unfit(path.dirname(folder), error);
  }
}

function unfit(runsFolder: string, error: unknown): never {
  throw new UnfitRunsFolderError(`No run can be created in ${printable(runsFolder)}: ${reasonOf(error)}.`, {
    cause: error,
  });
}
