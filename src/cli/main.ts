import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { version } from '../../package.json';
import { TensorFlowSetupError } from '../native';
import { FASTEST_PACE, SLOWEST_PACE } from '../protocol/control';
import { SpecificationError } from '../protocol/specification';
import { errorCode, errorMessage, reasonOf } from '../runs/error';
import { evaluate, resume, speed, steer, step, train } from './commands';
import { encode } from './encode';
import { exportImages } from './exportImages';
import { exportScalars } from './exportScalars';
import { Output } from './output';
import { resumeFrom } from './resumeFrom';
import { listRuns } from './runsTable';
import { sample } from './sample';
import { setUpTensorFlow, showTensorFlow } from './tensorflow';
import { UsageError } from './usageError';
import { EXIT } from './exit';
import { Interruption } from './interruption';

/**
 * `latent`: the work of the extension without VS Code. With --json each command prints JSON on standard output: one
 * document, or for long-running commands one per line, distinguished by "event". Exit codes: 0 done, 1 failed, 2 wrong
 * usage, 130 interrupted (the run has written its checkpoint by then).
 */
function build(finish: (code: number) => void): Command {
  const program = new Command('latent')
    .description('Train, watch and steer generative models.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(latent --help lists the commands)');

  const command = (signature: string, description: string) =>
    program.command(signature).description(description).option('--json', 'print JSON for programs', false);
  const ofRuns = (signature: string, description: string) =>
    command(signature, description).option('--runs <folder>', 'folder of the runs', 'runs');
  const output = (options: { json: boolean }) => new Output(options.json);

  ofRuns('train <specification>', 'train a new run from a *.latent.json file and watch it')
    .option('--name <name>', 'name of the run instead of a numbered one')
    .option('--set <path=value>', 'change the specification, such as training.epochs=3', collect, [])
    .action(async (file, options) => finish(await train(file, options, output(options))));
  ofRuns(
    'resume [run]',
    'continue a run that is paused, or was stopped or interrupted; or train a finished one longer (--epochs)',
  )
    .option('--epochs <n>', 'train for this many more epochs', positiveInteger)
    .option('--from <checkpoint>', 'begin a new run with a checkpoint of another one, which stays as it is')
    .option('--set <name=value>', 'change a hyperparameter from here on, such as learningRate=1e-4', collect, [])
    .option('--without-last-edit', 'take back the last edit of a hyperparameter')
    .option('--name <name>', 'with --from: name of the new run instead of a numbered one')
    .action(async (run, options) => {
      const { from, name } = options;
      if ((run === undefined) === (from === undefined)) throw new UsageError('Name a run, or a checkpoint (--from).');
      if (from === undefined && name !== undefined) throw new UsageError('Only a new run can be named (--from).');
      finish(
        await (from === undefined
          ? resume(run!, options, output(options))
          : resumeFrom(from, options, output(options))),
      );
    });
  const acts = {
    pause: 'pause a run until it is resumed',
    stop: 'write a checkpoint and stop a run',
    checkpoint: 'write a checkpoint now, and keep it until you delete it',
  } as const;
  for (const method of ['pause', 'stop', 'checkpoint'] as const) {
    ofRuns(`${method} <run>`, acts[method]).action(async (run, options) =>
      finish(await steer(method, run, options, output(options))),
    );
  }
  ofRuns('step <run>', 'train a paused run by single steps, and log a picture of the last one')
    .option('--count <n>', 'how many steps', positiveInteger, 1)
    .option('--phase <name>', 'of one step only this phase, such as generator')
    .action(async (run, options) => finish(await step(run, options, output(options))));
  ofRuns('speed <run> <steps-per-second>', 'slow a live run down; "full" lets it go').action(
    async (run, pace, options) => finish(await speed(run, paceOf(pace), options, output(options))),
  );
  ofRuns('sample <run-or-checkpoint>', 'draw samples; a live run logs them, those from a checkpoint go to a file')
    .option('--count <n>', 'how many to draw', positiveInteger, 64)
    .option('--seed <n>', 'the same seed draws the same samples', integer)
    .option('--label <n>', 'draw samples of this class only, of a model that is told labels', integer)
    .option('--out <file>', 'file to write: a picture (.png), or numbers as NumPy’s .npz or as .csv')
    .action(async (target, options) => finish(await sample(target, options, output(options))));
  command('eval <checkpoint>', 'evaluate a checkpoint (or the newest one of a run) on the test set')
    .option(
      '--importance-samples <k>',
      'also estimate log p(x) by importance sampling, with k samples per example',
      integer,
    )
    .option('--samples <k>', 'deprecated: the earlier name of --importance-samples', integer)
    .option('--count <n>', 'use only the first n test examples', positiveInteger)
    .option(
      '--generated <n>',
      'also compare n generated samples with test examples: classifier-FID, precision, recall and others',
      positiveInteger,
    )
    .action(async (target, { importanceSamples, samples, ...options }) =>
      finish(await evaluate(target, { importanceSamples: importanceSamples ?? samples, ...options }, output(options))),
    );
  command('encode <checkpoint>', 'write the latents of a data set, as NumPy’s .npz or as .csv')
    .option('--set <name>', 'which data: test or train', 'test')
    .option('--out <file>', 'file to write: FILE.npz or FILE.csv')
    .action(async (target, options) => finish(await encode(target, options, output(options))));
  command('runs [folder]', 'list the runs of a folder, newest first')
    .option('--verbose', 'also show the evidence for each status', false)
    .action(async (folder, options) => finish(await listRuns(folder ?? 'runs', output(options), options)));
  ofRuns('export <run...>', 'write every logged scalar of runs as a table: run, tag, step, wall_time, value')
    .option('--tags <pattern>', 'only tags that match this regular expression')
    .option('--out <file>', 'file to write: FILE.csv or FILE.json')
    .action(async (targets, options) => finish(await exportScalars(targets, options, output(options))));
  ofRuns('images <run>', 'write the logged images of a run, a file for each step of a tag')
    .option('--tag <tag>', 'only the images of this tag')
    .option('--out <folder>', 'folder to write to; it is made if it does not exist')
    .action(async (target, options) => finish(await exportImages(target, options, output(options))));

  const tensorflow = program.command('tensorflow').description('show the status of native TensorFlow, or set it up');
  tensorflow
    .command('status')
    .description('show which backend a run would use')
    .option('--json', 'print JSON for programs', false)
    .action(async (options) => finish(await showTensorFlow(output(options))));
  tensorflow
    .command('install')
    .description('set up native TensorFlow, from your Python or with pip')
    .option('--json', 'print JSON for programs', false)
    .option('--python <program>', 'the Python to use')
    .action(async (options) => finish(await setUpTensorFlow(output(options), options)));
  return program;
}

function paceOf(text: string): number | null {
  if (text === 'full') return null;
  const pace = Number(text);
  if (pace >= SLOWEST_PACE && pace <= FASTEST_PACE) return pace;
  const range = `from ${SLOWEST_PACE} to ${FASTEST_PACE}`;
  throw new UsageError(`The speed is a number of steps per second ${range}, or "full".`);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function integer(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function positiveInteger(text: string): number {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('It must be at least 1.');
  return value;
}

async function main(): Promise<number> {
  let code: number = EXIT.done;
  try {
    await build((result) => (code = result)).parseAsync();
    return code;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  const output = new Output(process.argv.includes('--json'));
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    // In text mode, commander has already printed it.
    if (output.json) output.result({ event: 'error', message: misuseOf(error) }, '');
    return EXIT.usage;
  }
  const message = wordsOf(error);
  const usage = error instanceof UsageError || error instanceof SpecificationError;
  const issues = error instanceof SpecificationError ? error.issues : undefined;
  if (output.json) output.result({ event: 'error', message, issues }, '');
  output.problem(error instanceof TensorFlowSetupError ? `${message}\n${error.next}` : message);
  return usage ? EXIT.usage : EXIT.failed;
}

/** System errors have a code and a path instead of a message for users. */
function wordsOf(error: unknown): string {
  const code = errorCode(error);
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || !/^E[A-Z0-9]+$/.test(code)) return errorMessage(error);
  return `${path ?? 'A file or connection'} cannot be used: ${reasonOf(error)}.`;
}

/** "error: unknown option '--nmae'" without its first word, which `event` already says. */
function misuseOf({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'A command is missing.' : message.replace(/^error: /, '');
}

/**
 * The reader of the output may have exited, as `head` does: this process then exits silently, while a run continues. A
 * pending Ctrl-C is carried out first, since it also ends a `tee` behind the pipe.
 */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (!Interruption.pending) process.exit(EXIT.unread);
});
process.stderr.on('error', () => undefined);
void main().then((code) => process.exit(code));
