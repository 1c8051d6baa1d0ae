import { parseArgs } from 'node:util';
import { errorMessage } from '../common/systemError';
import { LockedError } from '../runs/lock';
import { inspect } from './inspect/inspect';
import { LoopControl } from './loop/loopControl';
import { measure } from './measure';
import { selfTest } from './selfTest';
import { listenToSignals } from './signals';
import { train } from './train';

/**
 * The trainer's program:
 *
 *   train --run DIR                    trains a run and serves its control socket
 *         [--extend-epochs N]          adds epochs to its specification
 *         [--without-tensorflow WHY]   uses WebAssembly unless the specification names a backend
 *         [--paused]                   waits before the first step until it is resumed
 *         [--without-last-edit]        reverts the last edit of a hyperparameter
 *         [--set NAME=VALUE]…          changes hyperparameters from the first step of this session on
 *   inspect --checkpoint FILE --id HEX serves samples, evaluations and latents of a checkpoint while its client is connected
 *   measure --run DIR                  times training steps of a run’s specification, prints milliseconds as JSON
 *   self-test [--backend NAME]         loads the tensor library, makes one update, prints the backend as JSON
 *
 * Exit codes: 0 success, 1 failure (run.json or standard error say why), 2 wrong usage, 3 another trainer has the run.
 */
async function main(): Promise<number> {
  const [command, ...rest] = process.argv.slice(2);
  switch (command) {
    case 'train': {
      const { values } = parseArgs({
        args: rest,
        options: {
          run: { type: 'string' },
          'extend-epochs': { type: 'string' },
          'without-tensorflow': { type: 'string' },
          paused: { type: 'boolean' },
          'without-last-edit': { type: 'boolean' },
          set: { type: 'string', multiple: true },
        },
      });
      const extendEpochs = Number(values['extend-epochs'] ?? 0);
      if (values.run === undefined || !Number.isSafeInteger(extendEpochs) || extendEpochs < 0) return usage();
      const withoutTensorFlow = values['without-tensorflow'];
      const set = assignments(values.set ?? []);
      if (set === undefined) return usage();
      const withoutLastEdit = values['without-last-edit'] ?? false;
      const revision = withoutLastEdit || Object.keys(set).length > 0 ? { withoutLastEdit, set } : undefined;
      const control = new LoopControl({ paused: values.paused });
      listenToSignals(() => control.stop());
      // An error outside of every promise must not leave a run behind that claims to be running.
      process.on('uncaughtException', (error) => control.abort(error));
      return (await train(control, { run: values.run, extendEpochs, withoutTensorFlow, revision })) ? 0 : 1;
    }
    case 'inspect': {
      const { values } = parseArgs({ args: rest, options: { checkpoint: { type: 'string' }, id: { type: 'string' } } });
      if (values.checkpoint === undefined || values.id === undefined) return usage();
      await inspect(values.checkpoint, values.id);
      return 0;
    }
    case 'measure': {
      const { values } = parseArgs({ args: rest, options: { run: { type: 'string' } } });
      if (values.run === undefined) return usage();
      process.stdout.write(`${JSON.stringify(await measure(values.run))}\n`);
      return 0;
    }
    case 'self-test': {
      const { values } = parseArgs({ args: rest, options: { backend: { type: 'string', default: 'auto' } } });
      process.stdout.write(`${JSON.stringify(await selfTest(values.backend))}\n`);
      return 0;
    }
    default:
      return usage();
  }
}

/** Numbers by name from texts of the form "name=value"; undefined if one is not of that form. */
function assignments(texts: readonly string[]): Record<string, number> | undefined {
  const pairs = texts.map((text) => /^([^=]+)=(.+)$/.exec(text)).map((match) => [match?.[1] ?? '', Number(match?.[2])]);
  return pairs.every(([, value]) => Number.isFinite(value)) ? Object.fromEntries(pairs) : undefined;
}

function usage(): number {
  process.stderr.write(
    'usage: trainer train --run DIR [--extend-epochs N] [--without-tensorflow WHY] [--paused] [--without-last-edit] [--set NAME=VALUE]… | inspect --checkpoint FILE --id HEX | measure --run DIR | self-test [--backend NAME]\n',
  );
  return 2;
}

// A full disk under trainer.log, or a launcher that has exited, must not end the run.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

main().then(
  // Native threads and open handles of libraries must not keep the process alive.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${errorMessage(error)}\n`);
    process.exit(error instanceof LockedError ? 3 : 1);
  },
);
