import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gpuName } from '../../src/engine/machine';
import { locateTensorFlow } from '../../src/native';
import { disagreement, reference } from './agreement';
import { chart } from './chart';
import { contenderNamed, contenders, type Contender, type Installation } from './contenders';
import { writeExchange } from './exchange';
import { measure, type Outcome, type Plan } from './measure';
import { modelNamed, models } from './models';
import { BATCH, type BenchmarkModel } from './models/model';
import { resultSchema, type ModelResult, type OutcomeResult, type TrainingResult } from './result';
import { circumstances, inWords } from './words';

export interface TrainingOptions {
  /** Folder of the bundles. */
  readonly programs: string;
  readonly scripts: string;
  readonly pytorch?: string;
  readonly tensorflow?: string;
  /** Names of models and of contenders to leave out, each separated by commas. */
  readonly models?: string;
  readonly without?: string;
  readonly quick?: boolean;
  /** Compare on the machine's GPU. */
  readonly gpu?: boolean;
  /** Numbers of threads to try, separated by commas. */
  readonly threads?: string;
  /** A result to print and draw again instead of measuring. */
  readonly from?: string;
  /** Where to write the result (JSON) and the chart (SVG). */
  readonly results: string;
  readonly chart?: string;
  /** Told the tables, each as soon as there is one. */
  readonly show: (words: string) => void;
}

const QUICK_MODELS = ['mlp-vae', 'conv-vae', 'ring-gan'];
const FULL = { rounds: 9, blockMilliseconds: 600 };
const QUICK = { rounds: 4, blockMilliseconds: 250 };
const THREADS = '1,2';
const GPU_THREADS = '2';

/**
 * Measures training steps of small generative models, ours and the peers', and writes `bench-training.json` and the chart,
 * after every model, so that an interrupted run leaves partial results. Unavailable and failed contenders are reported.
 */
export async function training(options: TrainingOptions): Promise<TrainingResult> {
  await mkdir(options.results, { recursive: true });
  const draw = (result: TrainingResult) =>
    writeFile(options.chart ?? path.join(options.results, 'bench-training.svg'), chart(result));
  const save = async (result: TrainingResult) => {
    const json = `${JSON.stringify(result, undefined, 1)}\n`;
    await writeFile(path.join(options.results, 'bench-training.json'), json);
    await draw(result);
  };
  if (!options.from) return measureAll(options, save);
  const result = await readResult(options.from);
  options.show([circumstances(result), ...result.models.map((model) => inWords(model, result.machine))].join('\n\n'));
  await draw(result);
  return result;
}

async function readResult(file: string): Promise<TrainingResult> {
  return resultSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

async function measureAll(
  options: TrainingOptions,
  save: (result: TrainingResult) => Promise<void>,
): Promise<TrainingResult> {
  const left = new Set(list(options.without).map((name) => contenderNamed(name).name));
  const taking = contenders.filter(({ name }) => !left.has(name));
  const chosen = list(options.models).map(modelNamed);
  const quick = models.filter(({ name }) => !options.quick || QUICK_MODELS.includes(name));
  const { programs, scripts, pytorch, tensorflow, gpu } = options;
  const at: Installation = { programs, scripts, pytorch, tensorflow, gpu, library: await locateTensorFlow() };
  if (gpu && at.library?.device !== 'gpu')
    throw new Error('--gpu needs a TensorFlow that uses a GPU: docs/platforms.md.');
  const threads = list(options.threads ?? (gpu ? GPU_THREADS : THREADS)).map(Number);
  if (!threads.every((count) => Number.isInteger(count) && count > 0)) {
    throw new Error(`--threads takes numbers such as ${THREADS}, not ${options.threads}.`);
  }
  const plan = { ...(options.quick ? QUICK : FULL), threads };
  let result: TrainingResult = {
    machine: {
      processor: os.cpus()[0]?.model.trim() ?? os.arch(),
      cores: os.cpus().length,
      gibibytes: Math.round(os.totalmem() / 2 ** 30),
      node: process.versions.node,
      ...(gpu ? { gpu: gpuName() } : {}),
    },
    date: new Date().toISOString(),
    batch: BATCH,
    rounds: plan.rounds,
    models: [],
  };
  options.show(circumstances(result));
  for (const model of chosen.length > 0 ? chosen : quick) {
    const measured = await measureModel(model, taking, at, plan);
    options.show(`\n${inWords(measured, result.machine)}`);
    result = { ...result, models: [...result.models, measured] };
    await save(result);
  }
  return result;
}

const list = (names: string | undefined) => (names ?? '').split(',').filter((name) => name !== '');

async function measureModel(
  model: BenchmarkModel,
  taking: readonly Contender[],
  at: Installation,
  plan: typeof FULL & Pick<Plan, 'threads'>,
): Promise<ModelResult> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latent-training-'));
  const before = os.loadavg()[0]!;
  const say = (what: string) => process.stderr.write(`  ${model.title}: ${what}\n`);
  try {
    await writeExchange(folder, model);
    const { twins } = model;
    const able = taking.filter(({ family }) => family === 'latent' || (twins?.includes(family) ?? true));
    const outcomes = await measure(able, at, { ...plan, model: model.name, folder, say });
    const load: [number, number] = [before, os.loadavg()[0]!];
    return { model: model.name, title: model.title, outcomes: judged(outcomes), load };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Identifies contenders that compute something different. */
function judged(outcomes: readonly Outcome[]): OutcomeResult[] {
  const agreed = reference(outcomes.flatMap((outcome) => ('losses' in outcome ? [outcome.losses] : [])));
  return outcomes.map((outcome) => {
    const { title } = contenderNamed(outcome.contender);
    if (!('losses' in outcome) || !agreed) return { ...outcome, title };
    return { ...outcome, title, disagreement: disagreement(outcome.losses, agreed) };
  });
}
