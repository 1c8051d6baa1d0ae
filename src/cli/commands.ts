import { formatRate } from '../common/numberText';
import { plural } from '../common/plural';
import type { ControlClient } from '../process/client';
import { control } from '../process/control';
import { launchInspector, ReadOnlyRunError } from '../process/launcher';
import { FinishedError, resumeTraining, RevisionError, startTraining } from '../process/training';
import type { Results } from '../protocol/control';
import { RunDirectory } from '../runs/directory';
import { shellCommand } from '../runs/shellCommand';
import type { Output } from './output';
import { reviseLive, revisionOf, type RevisionOptions } from './revision';
import { readSpecification } from './specificationFile';
import { checkName, checkRunsFolder, findCheckpoint, findRun, programs, withRunsAdvice } from './targets';
import { ask, liveStatus, noTrainer, resumeLonger } from './trainer';
import { UsageError } from './usageError';
import { EXIT } from './exit';
import { Interruption } from './interruption';
import { logSize, watchRun } from './watch';
import path from 'node:path';

/** `train SPEC`: creates a run, starts its trainer and watches it. */
export async function train(
  file: string,
  options: { runs: string; name?: string; set: readonly string[] },
  output: Output,
): Promise<number> {
  const specification = await readSpecification(file, options.set);
  checkName(options.name);
  await checkRunsFolder(options.runs);
  const interruption = new Interruption();
  const base = path.dirname(path.resolve(file));
  const { run, pid } = await startTraining({
    runsFolder: path.resolve(options.runs),
    specification,
    base,
    name: options.name,
    programs: programs(),
  }).catch((error: unknown) => {
    throw withRunsAdvice(error);
  });
  return started(run, pid, output, interruption);
}

/** `resume RUN`: continues a paused run, or restarts the trainer of an ended one, and watches it. */
export async function resume(
  run: string,
  options: { runs: string; epochs?: number } & RevisionOptions,
  output: Output,
): Promise<number> {
  const revision = revisionOf(options);
  const directory = await findRun(run, options.runs);
  const record = await directory.readRecord();
  const { id } = record;
  const interruption = new Interruption();
  const status = await liveStatus({ id, expectedPath: directory.path });
  if (status === undefined) {
    const logged = await logSize(directory);
    const { pid, folder } = await resumeTraining({
      run: directory.path,
      extendEpochs: options.epochs,
      revision,
      programs: programs(),
    }).catch((error: unknown) => {
      if (error instanceof RevisionError) throw new UsageError(error.message, { cause: error });
      if (error instanceof ReadOnlyRunError) {
        const example = shellCommand(['latent', 'resume', '--from', directory.path, '--runs', 'FOLDER']);
        throw new Error(`${error.message} For example: ${example}`);
      }
      if (!(error instanceof FinishedError)) throw error;
      throw new Error(`${error.message} To train it longer: ${resumeLonger(directory.path, 10)}`);
    });
    return started(await RunDirectory.open(folder), pid, output, interruption, logged);
  }
  if (options.epochs !== undefined) {
    throw new Error(
      `${directory.name} is ${status}: it can be trained longer once it has ended. ` +
        `First: ${shellCommand(['latent', 'stop', directory.path])} — ` +
        `then: ${resumeLonger(directory.path, options.epochs)}`,
    );
  }
  if (revision !== undefined) await reviseLive(directory, record, status, revision);
  if (status === 'paused') {
    await control({ id, expectedPath: directory.path }, 'resume', {});
    output.remark(`${directory.name} was paused and continues.`);
  } else {
    output.remark(`${directory.name} is already ${status === 'running' ? 'training' : status}.`);
  }
  return watchRun(directory, output, interruption);
}

/** @param logged size of the trainer's log before the trainer was started */
async function started(
  run: RunDirectory,
  pid: number,
  output: Output,
  interruption: Interruption,
  logged = 0,
): Promise<number> {
  const document = { event: 'started', run: run.path, name: run.name, pid };
  output.result(document, `${run.name} trains in process ${pid}; its files are in ${run.path}`);
  return watchRun(run, output, interruption, logged);
}

/** `pause RUN`, `stop RUN`, `checkpoint RUN`. */
export async function steer(
  method: 'pause' | 'stop' | 'checkpoint',
  run: string,
  options: { runs: string },
  output: Output,
): Promise<number> {
  const directory = await findRun(run, options.runs);
  const answer = await ask(directory, (target) => control(target, method, {}));
  if (answer === undefined) throw await noTrainer(directory);
  const { value } = answer;
  const words = {
    pause: `${directory.name} is paused at step ${value.step}.`,
    stop: `${directory.name} has stopped at step ${value.step}.`,
    checkpoint: `${directory.name} has written ${'file' in value ? value.file : ''}, which is kept until you delete it.`,
  };
  output.result({ run: directory.path, ...value }, words[method]);
  return EXIT.done;
}

/** `step RUN`: makes steps of a paused run, or one of a single phase; a run that trains is paused after them. */
export async function step(
  run: string,
  { runs, count, phase }: { runs: string; count: number; phase?: string },
  output: Output,
): Promise<number> {
  if (phase !== undefined && count > 1) throw new UsageError('Single phases are carried out one at a time.');
  const directory = await findRun(run, runs);
  const answer = await ask(directory, (target) => control(target, 'step', { count, phase, show: true }));
  if (answer === undefined) throw await noTrainer(directory);
  const made = phase === undefined ? '' : `, of which only the ${phase} was carried out`;
  output.result({ run: directory.path, ...answer.value }, `${directory.name} is at step ${answer.value.step}${made}.`);
  return EXIT.done;
}

/** `speed RUN`: slows a live run down; `stepsPerSecond` null lets it go. */
export async function speed(
  run: string,
  stepsPerSecond: number | null,
  { runs }: { runs: string },
  output: Output,
): Promise<number> {
  const directory = await findRun(run, runs);
  const answer = await ask(directory, (target) => control(target, 'pace', { stepsPerSecond }));
  if (answer === undefined) throw await noTrainer(directory);
  const words = stepsPerSecond === null ? 'trains at full speed' : `is slowed to ${formatRate(stepsPerSecond)}`;
  output.result({ run: directory.path, ...answer.value }, `${directory.name} ${words}.`);
  return EXIT.done;
}

/** `eval CHECKPOINT`: means over the test set; where they are requested, the likelihood and a comparison of samples with data. */
export async function evaluate(
  target: string,
  { importanceSamples, count, generated }: { importanceSamples?: number; count?: number; generated?: number },
  output: Output,
): Promise<number> {
  return inspecting(target, async (client) => {
    let last: string | undefined;
    client.onState(({ activity }) => {
      if (activity !== undefined && activity !== last) output.stage({ event: 'progress', activity }, activity);
      last = activity;
    });
    const { value } = await client.request('evaluate', { samples: importanceSamples, count, generated });
    // Metrics per latent dimension are only in --json output.
    const metrics = Object.entries(value.metrics).filter(([tag]) => !/\/\d+$/.test(tag));
    output.result(value, evaluationText({ ...value, metrics: Object.fromEntries(metrics) }));
    return EXIT.done;
  });
}

/** A line for each metric, with its standard error, if it has one, and its unit. */
export function evaluationText(evaluation: Results['evaluate']): string {
  const { step, count, examples = 'image', units = {}, metrics, errors = {}, generated } = evaluation;
  const rows = Object.entries(metrics).map(([tag, value]) => ({
    tag,
    text: Number.isFinite(value) ? value.toFixed(4) : 'not a number',
    error: errors[tag] === undefined ? '' : `± ${errors[tag].toFixed(4)}`,
    unit: units[tag] ?? '',
  }));
  const wide = (texts: readonly string[]) => Math.max(0, ...texts.map(({ length }) => length));
  const [tags, texts] = [wide(rows.map(({ tag }) => tag)), wide(rows.map(({ text }) => text))];
  const all = wide(rows.map(({ error }) => error));
  const lines = rows.map(({ tag, text, error, unit }) =>
    ['', tag.padEnd(tags), text.padStart(texts), ...(all > 0 ? [error.padEnd(all)] : []), unit].join('  ').trimEnd(),
  );
  const samples = generated === undefined ? '' : `, ${plural(generated, 'sample')}`;
  return [`Step ${step}, ${plural(count, `test ${examples}`)}${samples}:`, ...lines].join('\n');
}

/** Runs an inspector of a checkpoint (of a run: its newest) for the duration of a command. */
export async function inspecting(target: string, act: (client: ControlClient) => Promise<number>): Promise<number> {
  const checkpoint = await findCheckpoint(target);
  const client = await launchInspector({ checkpoint, programs: programs() });
  try {
    return await act(client);
  } finally {
    client.dispose();
  }
}
