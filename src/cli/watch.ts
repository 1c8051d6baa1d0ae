import { stat } from 'node:fs/promises';
import { plural } from '../common/plural';
import { control } from '../process/control';
import { ConnectError, ControlClient } from '../process/client';
import { lastLines } from '../native';
import { tail, wordsOf } from '../process/trainerWords';
import type { LiveState } from '../protocol/control';
import type { BackendInfo, Failure, Presentation, ReadImages, RunRecord } from '../protocol/run';
import { editToTakeBack } from '../protocol/lastEdit';
import { isLive } from '../protocol/status';
import { openRegularFile } from '../runs/boundedRead';
import { CheckpointStore } from '../runs/checkpoints';
import { RunDirectory } from '../runs/directory';
import { errorMessage } from '../runs/error';
import { HeldFolder } from '../runs/heldFolder';
import { inspectLock } from '../runs/lock';
import { printable } from '../runs/printable';
import { shellCommand } from '../runs/shellCommand';
import { AlertLines } from './alertLines';
import { backendWords, fasterWords } from './backendWords';
import { EXIT } from './exit';
import { grouped } from './progressLine';
import type { Interruption } from './interruption';
import type { Output } from './output';

/**
 * Shows a run until its training ends; an interruption asks it to stop with a checkpoint. Resolves with the exit code.
 *
 * @param logged size of the trainer's log when this trainer started; later content is its own output
 */
export async function watchRun(
  run: RunDirectory,
  output: Output,
  interruption: Interruption,
  logged?: number,
): Promise<number> {
  const from = logged ?? (await logSize(run));
  const before = await run.readRecord();
  const name = printable(before.name);
  const target = { id: before.id, expectedPath: run.path };
  // The folder may be renamed meanwhile; the trainer continues in it.
  const folder = await HeldFolder.open(run.path);
  interruption.answerWith(() => {
    output.remark(
      'Stopping with a checkpoint. Ctrl-C again leaves at once; the trainer finishes its checkpoint anyway.',
    );
    const stop = async () => control({ ...target, expectedPath: (await folder.find()) ?? run.path }, 'stop', {});
    stop().catch((error: unknown) => {
      // A run that has just ended need not be stopped.
      if (!(error instanceof ConnectError && error.reason === 'absent'))
        output.problem(`It could not be asked to stop: ${errorMessage(error)}`);
    });
  });
  const announcement = new Announcement(name, output);
  let last: LiveState | undefined;
  let path: string | undefined;
  try {
    last = await follow(run, target, before.presentation, output, announcement);
    path = await folder.find();
  } finally {
    await folder.close();
  }
  const left = path === undefined || path === run.path ? run : await RunDirectory.open(path);
  const record = path === undefined ? before : await left.readRecord();
  announcement.images(record.images);
  if (record.backend !== undefined && record.status !== 'failed') announcement.of(record.backend);
  await announcement.said;
  const words = isLive(record.status) || record.status === 'created' ? await lastWords(left, from) : '';
  const end = ended(record, last);
  const advice = path === undefined ? [] : await adviceOnEdit(left, record, end);
  return conclude(left, { name, record, ...end, words, advice }, output, interruption);
}

/** Size of the trainer's log in bytes; 0 if there is none. */
export async function logSize(run: RunDirectory): Promise<number> {
  return stat(run.logPath).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The trainer's output that is only in its log, for example because the disk was too full for its record. */
async function lastWords(run: RunDirectory, from: number): Promise<string> {
  try {
    const log = await openRegularFile(run.logPath);
    try {
      return lastLines(wordsOf(await tail(log, from)));
    } finally {
      await log.close();
    }
  } catch {
    return ''; // Only the fact that it ended matters.
  }
}

/** How and where a run ended. */
interface End {
  readonly name: string;
  readonly record: RunRecord;
  readonly status: RunRecord['status'];
  readonly failure?: Failure | undefined;
  readonly step: number;
  readonly totalSteps: number;
  /** The end of its log, if the record does not say how it ended. */
  readonly words: string;
  /** Lines on how to continue without the last edit, where a plain resume would not do that. */
  readonly advice: readonly string[];
}

/** A trainer that has lost its run can tell us so, but cannot write it to run.json. */
function ended(
  record: RunRecord,
  last: LiveState | undefined,
): Pick<End, 'status' | 'failure' | 'step' | 'totalSteps'> {
  const unsaid = isLive(record.status) || record.status === 'created';
  const { status, failure, step, totalSteps } = unsaid && last?.status === 'failed' ? last : record;
  return { status, failure, step, totalSteps };
}

/** If a plain resume would repeat the last edit, or that edit made the run diverge: how to continue without it. */
async function adviceOnEdit(
  run: RunDirectory,
  { id, specification, changes, hyperparameters }: RunRecord,
  { status, failure }: Pick<End, 'status' | 'failure'>,
): Promise<string[]> {
  const store = new CheckpointStore(run, specification.checkpoints);
  const resumesFrom = await store.newest(id).then(
    (newest) => newest?.step ?? 0,
    () => undefined,
  );
  const edit = editToTakeBack({ status: isLive(status) ? 'interrupted' : status, changes, failure, resumesFrom });
  if (edit === undefined) return [];
  const command = `  ${shellCommand(['latent', 'resume', run.path, '--without-last-edit'])}`;
  // For a diverged run, the remedy has already named the edit.
  if (failure?.kind === 'not-a-number') return [command];
  const title = hyperparameters?.find(({ name }) => name === edit.name)?.title ?? edit.name;
  const words = `${title} ${edit.before} → ${edit.value} at step ${edit.step}`;
  return [
    `A plain resume continues from step ${resumesFrom} and repeats the last edit, ${words}. Without that:`,
    command,
  ];
}

/** Says how the run ended. */
function conclude(
  run: RunDirectory,
  { name, record, status, failure, step, totalSteps, words, advice }: End,
  output: Output,
  interruption: Interruption,
): number {
  const document = { event: 'ended', run: run.path, name, status, step, totalSteps, failure };
  if (status === 'failed') {
    output.result(document, `${name} failed at step ${step}: ${failure?.message ?? 'the reason is in trainer.log.'}`);
    if (failure?.remedy !== undefined) output.problem(failure.remedy);
    for (const line of advice) output.problem(line);
    if (failure?.kind === 'not-a-number') {
      const smaller = smallerLearningRates(record);
      if (smaller.length > 0) output.problem(`  ${shellCommand(['latent', 'resume', run.path, ...smaller])}`);
    }
    return EXIT.failed;
  }
  if (status !== 'finished' && status !== 'stopped') {
    const how = words === '' ? 'without a message (killed?).' : `with this message:\n${words}`;
    output.result({ ...document, status: 'interrupted', words }, `The trainer of ${name} ended ${how}`);
    const resume = shellCommand(['latent', 'resume', run.path]);
    output.problem(`Its log is ${printable(run.logPath, 4096)}. Continue from the last checkpoint with: ${resume}`);
    for (const line of advice) output.problem(line);
    return EXIT.failed;
  }
  output.result(document, `${name} ${status} at step ${step} of ${totalSteps}: ${run.path}`);
  for (const line of advice) output.problem(line);
  return interruption.requested ? EXIT.interrupted : EXIT.done;
}

/** Options of a resume with a tenth of each learning rate; a model has one for each of its optimizers. */
export function smallerLearningRates({ hyperparameters = [] }: Pick<RunRecord, 'hyperparameters'>): string[] {
  const rates = hyperparameters.filter(({ name }) => /^learningRate$|LearningRate$/.test(name));
  return rates.flatMap(({ name, value }) => ['--set', `${name}=${value / 10}`]);
}

/** Files that could not be decoded, of which the terminal names no more. */
const MOST_NAMED = 5;

/** States once what the run trains on; for programs this is in every progress document. */
class Announcement {
  said: Promise<void> | undefined;
  private imagesSaid = false;

  constructor(
    private readonly name: string,
    private readonly output: Output,
  ) {}

  /** What was read of a folder of images, and the first files that were not. */
  images(images: ReadImages | undefined): void {
    if (images === undefined || this.imagesSaid) return;
    this.imagesSaid = true;
    if (this.output.json) return this.output.result({ event: 'images', ...images }, '');
    const { used, skipped, examples } = images;
    const words = `${grouped(used)} images are used`;
    if (skipped === 0) return this.output.remark(`${words}.`);
    const first = examples.slice(0, MOST_NAMED).map(({ file, reason }) => `  ${file}: ${reason}`);
    const more =
      skipped > first.length ? [`  and ${grouped(skipped - first.length)} more, which trainer.log lists`] : [];
    this.output.remark(
      [`${words}; ${plural(skipped, 'file', 'files', grouped(skipped))} cannot be decoded:`, ...first, ...more].join(
        '\n',
      ),
    );
  }

  of(backend: BackendInfo): void {
    if (!this.output.json) this.said ??= this.say(backend);
  }

  private async say(backend: BackendInfo): Promise<void> {
    this.output.remark(`${this.name} trains on ${backendWords(backend)}.`);
    const advice = await fasterWords(backend);
    if (advice !== undefined) this.output.remark(advice);
  }
}

/** Resolves when the trainer is gone, with its last state; undefined if it had already ended. */
async function follow(
  run: RunDirectory,
  target: { id: string; expectedPath: string },
  presentation: Presentation | undefined,
  output: Output,
  announcement: Announcement,
): Promise<LiveState | undefined> {
  let client: ControlClient;
  try {
    client = await ControlClient.connect({ ...target, role: 'watcher' });
  } catch (error) {
    if (error instanceof ConnectError && (await hasEnded(run, error))) return undefined;
    throw error;
  }
  const reload = async () => {
    const record = await run.readRecord();
    presentation = record.presentation;
    // Those of an earlier session may have changed.
    if (record.status === 'running') announcement.images(record.images);
  };
  let status: LiveState['status'] | undefined;
  const alerts = new AlertLines(output);
  const show = (state: LiveState) => {
    alerts.update(state.alerts);
    if (state.status !== status) void reload().catch(() => undefined);
    status = state.status;
    if (status === 'running' && state.backend !== undefined) announcement.of(state.backend);
    output.progress(state, presentation);
  };
  client.onState(show);
  client.onCheckpoint(({ file, step }) => {
    if (output.json) output.result({ event: 'checkpoint', file, step }, '');
  });
  const closed = new Promise((resolve) => client.onClose(resolve));
  if (client.state.status === 'running') show(client.state);
  await closed;
  return client.state;
}

/** A trainer that is about to end, or is killed, may close the connection during the handshake. */
async function hasEnded(run: RunDirectory, { reason }: ConnectError): Promise<boolean> {
  if (reason !== 'silent') return reason === 'absent';
  if (!isLive((await run.readRecord()).status)) return true;
  return ['free', 'stale'].includes((await inspectLock(run.path)).state);
}
