import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { readCheckpoint } from '../../../src/runs/checkpoints';
import { RunLogReader } from '../../../src/runs/logReader';

export const earlierRuns = path.join(import.meta.dirname, '..', '..', 'fixtures', 'earlierRuns');

/** What a version makes of a run: digests of bytes, and values that JSON holds exactly. */
export interface EarlierOutcome {
  /** SHA-256 of each tensor of the last checkpoint after a resume, by name. */
  readonly tensors: Readonly<Record<string, string>>;
  /** Steps and values of the whole log after that, by tag. */
  readonly scalars: Readonly<Record<string, { readonly steps: readonly number[]; readonly values: readonly number[] }>>;
  readonly evaluation: unknown;
  readonly samples?: string;
  readonly latents: string;
}

/** Copies a run of a version into the folder and does with it whatever can be done. */
export async function outcomeOf(cli: string, version: string, run: string, folder: string): Promise<EarlierOutcome> {
  const copy = path.join(folder, run);
  await cp(path.join(earlierRuns, version, run), copy, { recursive: true });
  const latent = async (...parameters: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, ...parameters, '--json'], { cwd: folder });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const checkpoint = path.join(copy, 'checkpoints', 'step-00000012.safetensors');
  const { model } = (await readCheckpoint(checkpoint)).specification;
  const evaluated = await latent('eval', checkpoint, ...(model.family === 'ae' ? [] : ['--samples', '20']));
  const { step, count, metrics } = evaluated.at(-1)!;
  const latents = path.join(folder, `${run}.csv`);
  await latent('encode', checkpoint, '--out', latents);
  const samples = path.join(folder, `${run}.png`);
  if (model.family !== 'ae') await latent('sample', checkpoint, '--seed', '3', '--out', samples);
  await latent('resume', copy, '--epochs', '3');
  return {
    tensors: await tensorDigests(path.join(copy, 'checkpoints', 'step-00000018.safetensors')),
    scalars: await scalarsOf(copy),
    evaluation: { step, count, metrics },
    ...(model.family === 'ae' ? {} : { samples: digest(await readFile(samples)) }),
    latents: digest(await readFile(latents)),
  };
}

export async function tensorDigests(checkpoint: string): Promise<Record<string, string>> {
  const { tensors } = await readCheckpoint(checkpoint);
  return Object.fromEntries(
    [...tensors].map(([name, { data }]) => [
      name,
      digest(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ]),
  );
}

async function scalarsOf(run: string): Promise<EarlierOutcome['scalars']> {
  const reader = new RunLogReader(run);
  await reader.refresh();
  return Object.fromEntries(
    reader
      .snapshot()
      .scalars.filter(({ tag }) => !tag.startsWith('speed/'))
      .map(({ tag, steps, values }) => [tag, { steps: [...steps], values: [...values] }]),
  );
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
