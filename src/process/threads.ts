import { createHash } from 'node:crypto';
import * as z from 'zod';
import { chooseThreads, lastLines, runCommand, trainerEnvironment, type TensorFlowLocation } from '../native';
import type { RunRecord } from '../protocol/run';
import { engineSchema, type Specification } from '../protocol/specification';

const TIMEOUT_MILLISECONDS = 120_000;

export interface MeasuringOptions {
  readonly run: string;
  readonly trainer: string;
  /** The program that runs the trainer. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The number of threads, which must be fixed before the library loads: that of the specification; for a resume, that of
 * the previous sessions, or results would differ bit by bit; that of the environment; else the fastest number for this
 * program, by measurement.
 */
export async function threadsOf(
  { specification, backend }: RunRecord,
  location: TensorFlowLocation | undefined,
  options: MeasuringOptions,
): Promise<number | undefined> {
  const { threads } = engineSchema.shape;
  if (specification.engine.threads !== undefined) return specification.engine.threads;
  if (backend !== undefined) return threads.safeParse(Number(backend.flags['threads'])).data;
  const settled = threads.safeParse(Number(options.environment['TF_NUM_INTRAOP_THREADS'])).data;
  if (settled !== undefined || location === undefined) return settled;
  return chooseThreads(location, {
    program: programOf(specification),
    measure: (count) => measure(count, location, options),
  });
}

/** A short name for the work of a step: specifications that differ only in seed or epochs have the same. */
function programOf({ model, training, data, engine }: Specification): string {
  const { batch, optimizer, clip, average } = training;
  const work = [model, batch, optimizer.kind, clip?.by, average !== undefined, data.set, data.path, data.binarization];
  const shape = data.set === 'images' ? [data.size, data.channels] : [];
  const digest = createHash('sha256').update(JSON.stringify([...work, engine.mode, ...shape]));
  return `${model.family} ${digest.digest('hex').slice(0, 16)}`;
}

async function measure(threads: number, location: TensorFlowLocation, options: MeasuringOptions): Promise<number> {
  const { program, trainer, run, environment } = options;
  const { code, stdout } = await runCommand(program, [trainer, 'measure', '--run', run], {
    environment: trainerEnvironment(location, environment, { threads }),
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
  });
  if (code !== 0) throw new Error('The trainer could not be measured.');
  return z
    .number()
    .positive()
    .parse(JSON.parse(lastLines(stdout, 1)));
}
