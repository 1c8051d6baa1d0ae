import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { errorCode, reasonOf } from '../common/systemError';
import { locateTensorFlow, trainerEnvironment } from '../native';
import type { Revision } from '../protocol/revision';
import type { RunRecord } from '../protocol/run';
import { openForAppending } from '../runs/boundedRead';
import { RunDirectory } from '../runs/directory';
import { HeldFolder } from '../runs/heldFolder';
import { inspectLock, LockedError } from '../runs/lock';
import { ConnectError, ControlClient } from './client';
import { chooseInterpreter } from './interpreter';
import { obstacleOf } from './nativeCheck';
import { threadsOf } from './threads';
import { LONGEST_TAIL, tail, wordsOf } from './trainerWords';

/** The bundled programs, as configured by the caller. */
export interface Programs {
  /** A machine setting; chosen by {@link chooseInterpreter} when absent. */
  readonly node?: string;
  /** `dist/trainer.cjs` */
  readonly trainer: string;
}

export interface LaunchOptions {
  /** The run directory. */
  readonly run: string;
  /** Adds epochs to the run's specification before it continues. */
  readonly extendEpochs?: number;
  /** Changes hyperparameters from the first step of this session on. */
  readonly revision?: Revision;
  readonly programs: Programs;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The trainer ended before it could be reached; the message contains its output. */
export class LaunchError extends Error {
  override name = 'LaunchError';
}

/** The run is in a folder that is read-only for this user, or for everyone. */
export class ReadOnlyRunError extends LaunchError {
  override name = 'ReadOnlyRunError';
}

/**
 * A trainer answers as soon as it holds its run, before it loads anything; this allows for slow disks and busy
 * machines.
 */
const START_MILLISECONDS = 60_000;
/** Signals that indicate a crash in native code. */
const CRASHES: readonly (NodeJS.Signals | null)[] = ['SIGSEGV', 'SIGILL', 'SIGABRT', 'SIGBUS', 'SIGFPE'];

/**
 * For a process that is idle most of the time and may have several instances: V8's young generation takes 12 MB instead
 * of 48, without slowing down startup or answers.
 */
const INSPECTOR_FLAGS = ['--max-semi-space-size=4'];

const READ_ONLY: readonly (string | undefined)[] = ['EACCES', 'EPERM', 'EROFS'];

/** The trainer's exit code if another one has the run (src/trainer/main.ts). */
const TAKEN = 3;

/**
 * Starts the trainer of a run, detached, so that it outlives this process. Resolves when it has taken the run and
 * answers, or has already ended, in which case `run.json` says how. `folder` returns the current path of the run, which
 * may be renamed meanwhile. Throws {@link LaunchError} with the trainer's output if it fails before it answers, and
 * {@link LockedError} if another trainer has the run.
 */
export async function launchTrainer(options: LaunchOptions): Promise<{ pid: number; folder: string }> {
  const run = await RunDirectory.open(options.run);
  const record = await run.readRecord();
  const held = await HeldFolder.open(run.path);
  try {
    return await launchHeld(run, record, held, options);
  } finally {
    await held.close();
  }
}

async function launchHeld(run: RunDirectory, record: RunRecord, held: HeldFolder, options: LaunchOptions) {
  const extend = options.extendEpochs === undefined ? [] : ['--extend-epochs', String(options.extendEpochs)];
  const log = await openForAppending(run.logPath).catch((error: unknown) => {
    throw READ_ONLY.includes(errorCode(error)) ? readOnly(run, error) : error;
  });
  try {
    const { size } = await log.stat();
    const resumed = { record, folder: run.path };
    const child = await start(['train', '--run', run.path, ...extend, ...revised(options.revision)], options, resumed, [
      'ignore',
      log.fd,
      log.fd,
    ]);
    const locate = async () => (await held.find()) ?? run.path;
    const client = await connectTo(child, record.id, 'watcher', locate);
    const folder = await locate();
    if (client === undefined && child.exitCode !== 0) {
      const now = await RunDirectory.open(folder);
      if (!(await saidInRecord(now, child, record))) {
        throw child.exitCode === TAKEN ? await taken(now) : endedEarly(child, await tail(log, size));
      }
    }
    client?.dispose();
    child.unref();
    return { pid: child.pid!, folder };
  } finally {
    await log.close();
  }
}

/**
 * Starts the trainer in inspect mode on a checkpoint and connects as its controller. It ends when the client does.
 * Throws {@link LaunchError} for a file that is not a Latent Studio checkpoint.
 */
export async function launchInspector(options: {
  readonly checkpoint: string;
  readonly programs: Programs;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<ControlClient> {
  const id = randomBytes(16).toString('hex');
  const parameters = ['inspect', '--checkpoint', path.resolve(options.checkpoint), '--id', id];
  const child = await start(parameters, options, undefined, ['ignore', 'ignore', 'pipe']);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LONGEST_TAIL);
  });
  try {
    const client = await connectTo(child, id, 'controller');
    if (client === undefined) throw endedEarly(child, said);
    return client;
  } catch (error) {
    child.kill();
    throw error;
  }
}

function readOnly(run: RunDirectory, error: unknown): ReadOnlyRunError {
  return new ReadOnlyRunError(
    `${run.name} cannot be trained, since nothing can be written to ${run.path}: ${reasonOf(error)}. ` +
      'Make the folder writable, or continue from its checkpoint in a new run elsewhere.',
    { cause: error },
  );
}

async function start(
  parameters: readonly string[],
  options: Pick<LaunchOptions, 'programs' | 'environment'>,
  run: { readonly record: RunRecord; readonly folder: string } | undefined,
  stdio: ['ignore', number | 'ignore', number | 'pipe'],
): Promise<ChildProcess> {
  const { programs } = options;
  const interpreter = await chooseInterpreter(programs.node);
  const record = run?.record;
  const backend = record?.specification.engine.backend;
  const own = { ...process.env, ...pinnedSettings(record), ...interpreter.environment, ...options.environment };
  const location = backend === 'wasm' ? undefined : await locateTensorFlow(own);
  const { program } = interpreter;
  const measuring = { program, trainer: programs.trainer, environment: own };
  const threads = run && (await threadsOf(run.record, location, { ...measuring, run: run.folder }));
  const environment = trainerEnvironment(location, own, { threads });
  const more: string[] = [];
  if (location !== undefined && record !== undefined) {
    const obstacle = await obstacleOf(location, { program, trainer: programs.trainer, environment });
    if (obstacle !== undefined && backend === 'tensorflow') {
      throw new LaunchError(`TensorFlow does not work here: ${obstacle}. Set it up again.`);
    }
    if (obstacle !== undefined) more.push('--without-tensorflow', `it does not work here: ${obstacle}`);
  }
  const training = parameters[0] === 'train';
  return spawn(program, [...(training ? [] : INSPECTOR_FLAGS), programs.trainer, ...parameters, ...more], {
    detached: training,
    stdio,
    env: environment,
    windowsHide: true,
  });
}

function revised({ withoutLastEdit = false, set = {} }: Revision = {}): string[] {
  const values = Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  return [...(withoutLastEdit ? ['--without-last-edit'] : []), ...values];
}

/** Settings that affect results bit by bit and are fixed when the library loads, taken from the previous sessions. */
function pinnedSettings(record: RunRecord | undefined): Record<string, string> {
  const oneDnn = record?.backend?.flags['oneDNN'];
  return oneDnn === undefined ? {} : { TF_ENABLE_ONEDNN_OPTS: oneDnn === 'on' ? '1' : '0' };
}

/** Whether the trainer took the run and recorded how it failed: then it ended like any other run. */
async function saidInRecord(run: RunDirectory, child: ChildProcess, before: RunRecord): Promise<boolean> {
  if (child.exitCode === TAKEN) return false;
  const { status, failure, updatedAt } = await run.readRecord();
  return status === 'failed' && failure !== undefined && updatedAt !== before.updatedAt;
}

/** Our own message, since new lines in the log may be from the trainer that has the run. */
async function taken(run: RunDirectory): Promise<Error> {
  const lock = await inspectLock(run.path);
  if (lock.state === 'held' || lock.state === 'unknown') return new LockedError(lock, run.path);
  return new LaunchError('Another trainer had the run for a moment. Try again.');
}

/**
 * Waits for a process to answer; undefined if it ended before it could be reached.
 *
 * @param locate returns the folder of its run
 */
async function connectTo(
  child: ChildProcess,
  id: string,
  role: 'controller' | 'watcher',
  locate?: () => Promise<string>,
): Promise<ControlClient | undefined> {
  const deadline = performance.now() + START_MILLISECONDS;
  let spawnError: Error | undefined;
  child.once('error', (error) => (spawnError = error));
  for (let pause = 20; performance.now() < deadline; pause = Math.min(200, pause * 1.5)) {
    if (spawnError !== undefined) throw new LaunchError(`The trainer could not be started: ${spawnError.message}.`);
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    try {
      // Another trainer may own the run and answer instead of ours, which is about to give up.
      return await ControlClient.connect({ id, expectedPath: await locate?.(), role, expectedPid: child.pid });
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new LaunchError(`The trainer (process ${child.pid}) did not answer within ${START_MILLISECONDS / 1000} s.`);
}

function endedEarly(child: ChildProcess, output: string): LaunchError {
  const said = wordsOf(output);
  const how = child.signalCode === null ? `with exit code ${child.exitCode}` : `by ${child.signalCode}`;
  const remedy = CRASHES.includes(child.signalCode)
    ? ' This looks like a crash in native code; set "engine": { "backend": "wasm" } to train without native TensorFlow.'
    : '';
  return new LaunchError(said === '' ? `The trainer ended ${how} without a message.${remedy}` : `${said}${remedy}`);
}
