import { randomInt } from 'node:crypto';
import path from 'node:path';
import { plural } from '../common/plural';
import { encodePng } from '../formats/png';
import { samplesPicture } from '../formats/samples';
import type { ControlClient } from '../process/client';
import { control } from '../process/control';
import { MOST_DRAWN, type Parameters, type Results } from '../protocol/control';
import type { RunDirectory } from '../runs/directory';
import { inspecting } from './commands';
import { EXIT } from './exit';
import type { Output } from './output';
import { writeOut } from './outFile';
import { numbersWriter, type DrawnNumbers, type SamplesPart } from './samplesFile';
import { checkOut, findRun, isFolder } from './targets';
import { ask, noTrainer } from './trainer';
import { UsageError } from './usageError';

export interface SampleOptions {
  readonly runs: string;
  readonly count?: number;
  readonly seed?: number;
  readonly label?: number;
  readonly out?: string;
}

const ADVICE = '--out FILE.png, FILE.npz or FILE.csv';

/**
 * `sample RUN` asks the live trainer, which logs the samples too; without one, and for `sample CHECKPOINT`, they are drawn from the
 * (newest) checkpoint and need an output file: a picture, or numbers.
 */
export async function sample(target: string, options: SampleOptions, output: Output): Promise<number> {
  const { out } = options;
  const run = (await isFolder(target)) || !target.endsWith('.safetensors') ? target : undefined;
  if (out !== undefined) {
    await checkOut(out);
    if (numbersWriter(out) !== undefined) return sampleNumbers(target, run, { ...options, out }, output);
  }
  const { count = 64, seed, label } = options;
  const parameters = { count, ...(seed !== undefined && { seed }), ...(label !== undefined && { label }) };
  let checkpoint = target;
  if (run !== undefined) {
    const directory = await findRun(run, options.runs);
    const answer = await ask(directory, (trainer) => control(trainer, 'sample', parameters));
    if (answer !== undefined) return deliver(answer, out, directory, output);
    if (out === undefined) {
      throw await noTrainer(directory, `Or say where samples of its newest checkpoint should go: ${ADVICE}`);
    }
    checkpoint = directory.path;
  }
  if (out === undefined) throw new UsageError(`Say where the samples of a checkpoint should go: ${ADVICE}`);
  return inspecting(checkpoint, async (client) =>
    deliver(await client.request('sample', parameters), out, undefined, output),
  );
}

async function deliver(
  { value, body }: { readonly value: Results['sample']; readonly body: Uint8Array },
  out: string | undefined,
  run: RunDirectory | undefined,
  output: Output,
): Promise<number> {
  const samples = plural(value.count, 'sample');
  if (out === undefined) {
    output.result(value, `${run?.name ?? 'The model'} has logged ${samples} of step ${value.step}.`);
    return EXIT.done;
  }
  await writeOut(out, [encodePng(samplesPicture(value, body))]);
  output.result({ ...value, out: path.resolve(out) }, `${samples} of step ${value.step}: ${out}`);
  return EXIT.done;
}

/**
 * Exact numbers. A live trainer draws as many as one answer holds, and trains on before the next: more than that come from the newest
 * checkpoint, whose weights stay as they are.
 */
async function sampleNumbers(
  target: string,
  run: string | undefined,
  options: SampleOptions & { readonly out: string },
  output: Output,
): Promise<number> {
  const { count = 64, seed = randomInt(2 ** 32), label } = options;
  if (count > MOST_DRAWN) throw new UsageError(`At most ${MOST_DRAWN} samples can be drawn, not ${count}.`);
  const parameters = { count, seed, ...(label !== undefined && { label }) };
  let checkpoint = target;
  if (run !== undefined) {
    const directory = await findRun(run, options.runs);
    const answer = await ask(directory, (trainer) => control(trainer, 'draw', parameters));
    if (answer !== undefined && answer.value.count === count)
      return write(answer, parameters, undefined, options.out, output);
    if (answer !== undefined) {
      const { value } = answer;
      output.remark(
        `The trainer of ${directory.name} draws ${value.count} of these samples at a time and trains on in between: they are drawn from ` +
          'the newest checkpoint instead.',
      );
    }
    checkpoint = directory.path;
  }
  return inspecting(checkpoint, async (client) =>
    write(await client.request('draw', parameters), parameters, client, options.out, output),
  );
}

type DrawAnswer = { readonly value: Results['draw']; readonly body: Uint8Array };
type DrawParameters = Pick<Parameters<'draw'>, 'count' | 'seed' | 'label'>;

/** Writes the first part, and those that the client still has to ask for. */
async function write(
  first: DrawAnswer,
  parameters: DrawParameters,
  client: ControlClient | undefined,
  out: string,
  output: Output,
): Promise<number> {
  const { step, total, shape, latent, labeled } = first.value;
  const told = (done: number) =>
    output.stage({ event: 'progress', done, total }, `drew ${done} of ${plural(total, 'sample')}`);
  const drawn: DrawnNumbers = { step, total, shape, latent, labeled, parts: parts(first, parameters, client, told) };
  await writeOut(out, numbersWriter(out)!(drawn));
  const { seed, label } = parameters;
  const document = { step, count: total, shape, latent, labeled, seed, label, out: path.resolve(out) };
  output.result(document, `${plural(total, 'sample')} of step ${step}, seed ${seed}: ${out}`);
  return EXIT.done;
}

async function* parts(
  first: DrawAnswer,
  parameters: DrawParameters,
  client: ControlClient | undefined,
  told: (done: number) => void,
): AsyncGenerator<SamplesPart> {
  yield partOf(first);
  for (let done = first.value.count; done < first.value.total;) {
    told(done);
    const answer = await client!.request('draw', { ...parameters, from: done });
    yield partOf(answer);
    done += answer.value.count;
  }
}

function partOf({ value: { count, shape, latent = 0, labeled }, body }: DrawAnswer): SamplesPart {
  // A copy, which is aligned.
  const { buffer } = new Uint8Array(body);
  const size = count * shape.reduce((product, length) => product * length, 1);
  return {
    count,
    samples: new Float32Array(buffer, 0, size),
    ...(latent > 0 && { latents: new Float32Array(buffer, 4 * size, count * latent) }),
    ...(labeled && { labels: new Int32Array(buffer, 4 * (size + count * latent), count) }),
  };
}
