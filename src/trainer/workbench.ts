import { setImmediate as breathe } from 'node:timers/promises';
import { classNames, learntLabels, type Dataset, type ImageSet } from '../data';
import type { Backend } from '../engine';
import { shownProgram } from '../engine/shownProgram';
import type { HostTensor, Input, ProgramFunction, Runner } from '../engine/program';
import { evaluateModel, importanceLogLikelihood, noise, scalars } from '../evaluation';
import type { Model } from '../models/model';
import type { BackendInfo } from '../protocol/run';
import type { Specification } from '../protocol/specification';
import { RefusedError } from './refused';
import { batchWithin, forBatch, zeros } from './encodeBatch';
import { buildModel, openPinned, readData } from './loading';
import type { Losses } from './loop';
import { checkModelSize } from './modelSize';
import { refuseOtherMachine } from './otherMachine';
import { StepInputs } from './stepInputs';

/** Images [count, height, width, channel] with values in [0, 1]. */
export interface Images {
  readonly data: Float32Array;
  readonly count: number;
  readonly shape: Model['imageShape'];
  /** Where they are of classes, so many of each follow on each other. */
  readonly columns?: number;
}

export type Values = Readonly<Record<string, number>>;

export interface WorkbenchOptions {
  readonly specification: Specification;
  /** The run's folder or the checkpoint that the specification comes from. */
  readonly source: string;
  /** The backend of the run's earlier sessions, which "auto" then means: other backends give other bits. */
  readonly pinned?: BackendInfo['name'];
  /**
   * Makes ready all that a run calls, or its steps. Absent: the model is only looked at. There is no optimiser then, images
   * are read when they are asked for and stay outside of the program, and a function is made ready when it is first called.
   */
  readonly ready?: 'training' | 'steps';
  /** Hears what is being done, in words. */
  readonly onActivity: (activity: string) => void;
}

/** Everything that a specification describes, loaded: data, model and weights on a backend, and what can be done with them. */
export class Workbench {
  /** As it is declared where that was measured. */
  private encoder: { readonly function: ProgramFunction; readonly batch: number } | undefined;

  private labelsLearnt: readonly number[] | undefined;

  private constructor(
    readonly specification: Specification,
    readonly dataset: Dataset,
    readonly backend: Backend,
    readonly model: Model,
    readonly runner: Runner,
    private readonly inputs: StepInputs,
  ) {}

  /** Throws {@link TrainerError}: which part could not be loaded, why and what next. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const { specification, source, pinned, ready, onActivity } = options;
    const say = async (activity: string) => {
      onActivity(activity);
      await breathe(); // what follows blocks the thread: let the word get out first
    };
    await say('reading the data');
    refuseOtherMachine(specification.data.path, source);
    const dataset = await readData(specification, ready === undefined);
    await say('loading the tensor library');
    const backend = await openPinned(specification, pinned);
    await say('building the model');
    const model = buildModel(specification, dataset);
    checkModelSize(model.program);
    const inputs = new StepInputs(dataset, specification);
    const { mode } = specification.engine;
    const program = ready ? model.program : shownProgram(model.program);
    const images = ready && inputs.images;
    const runner = backend.createRunner(program, specification.training.seed, { mode, images });
    const workbench = new Workbench(specification, dataset, backend, model, runner, inputs);
    if (ready) {
      await say('compiling');
      runner.prepare(ready === 'steps' ? model.stepFunctions : workbench.trainingFunctions());
    }
    return workbench;
  }

  get stepsPerEpoch(): number {
    return this.inputs.stepsPerEpoch;
  }

  get parameters(): number {
    return this.model.program.variables.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  }

  /** Carries out update `step`, counted from 0: a function of the weights, the seed and the step. */
  update(step: number, hyperparameters: Values): Losses {
    const inputs = this.inputs.at(step);
    const losses: Record<string, number> = {};
    for (const name of this.model.schedule(step)) {
      const outputs = this.call(name, { ...inputs, noise: noise(this.seed, step), ...scalars(hyperparameters) });
      for (const [output, { shape, data }] of Object.entries(outputs)) {
        if (shape.length === 0) losses[output] = data[0]!;
      }
    }
    return losses;
  }

  /** Means over the test set (its first `count` images), by tag. Undefined where the family has no evaluation. */
  async evaluate(hyperparameters: Values, count?: number, onProgress?: Progress): Promise<Values | undefined> {
    if (this.model.abilities.evaluate === undefined) return undefined;
    const options = { ...this.evaluationOptions, hyperparameters, onProgress };
    return (await evaluateModel(this.runner, this.model, firstOf(this.dataset.test, count), options)).metrics;
  }

  /** log p(x) of test images by importance sampling with so many samples each. Throws {@link RefusedError}. */
  async logLikelihood(samples: number, count?: number, onProgress?: Progress): Promise<Values> {
    if (this.model.abilities.importance === undefined) {
      throw new RefusedError(
        `A model of the family ${this.model.family} has no likelihood to estimate.`,
        'unsupported',
      );
    }
    const options = { ...this.evaluationOptions, samples, onProgress };
    const estimate = await importanceLogLikelihood(this.runner, this.model, firstOf(this.dataset.test, count), options);
    return {
      'test/log_likelihood': estimate.logLikelihood,
      ...(estimate.standardError !== undefined && {
        'test/log_likelihood_standard_error': estimate.standardError,
      }),
      'test/effective_samples': estimate.effectiveSamples,
    };
  }

  /** Names of the classes that the images' labels mean; undefined where they have none. */
  get classes(): readonly string[] | undefined {
    return classNames(this.dataset);
  }

  /** The labels that samples are drawn of, one after the other; undefined for a model that takes none. */
  get sampledLabels(): readonly number[] | undefined {
    if (this.model.abilities.labels === undefined) return undefined;
    return (this.labelsLearnt ??= learntLabels(this.dataset));
  }

  /**
   * Images drawn from the model. Undefined where the family cannot sample. One that takes labels draws equally many of each
   * class that it was trained on, or `columns`, class after class and from the first one again.
   */
  sample(count: number, seed: number, columns?: number): Images | undefined {
    const { sample: ability } = this.model.abilities;
    if (ability === undefined) return undefined;
    const size = this.pixels;
    const labels = this.sampledLabels;
    const ofEach = labels && (columns ?? Math.ceil(count / labels.length));
    const labelOf = (index: number) => (labels && ofEach ? labels[Math.floor(index / ofEach) % labels.length]! : 0);
    const data = new Float32Array(count * size);
    for (let drawn = 0, chunk = 0; drawn < count; drawn += ability.count, chunk++) {
      const first = drawn;
      const chosen = Int32Array.from({ length: ability.count }, (_, row) => labelOf(first + row));
      const { images } = this.call(ability.function, { noise: noise(seed, chunk), labels: chosen });
      const wanted = Math.min(ability.count, count - drawn) * size;
      data.set((images!.data as Float32Array).subarray(0, wanted), drawn * size);
    }
    return { data, count, shape: this.model.imageShape, columns: ofEach };
  }

  /** The first test images and what the model makes of them. Undefined where the family cannot reconstruct. */
  reconstruct(): { readonly originals: Images; readonly reconstructions: Images } | undefined {
    const ability = this.model.abilities.reconstruct;
    if (ability === undefined) return undefined;
    const originals = this.testImages(ability.count);
    const { images } = this.call(ability.function, { images: originals.data, labels: this.testLabels(ability.count) });
    return { originals, reconstructions: { ...originals, data: images!.data as Float32Array } };
  }

  /**
   * Makes ready what the latent explorer calls. Where a call of the encoder takes longer than so many milliseconds, it is
   * declared anew for fewer images: what a hand waits for can go on between two calls only.
   */
  prepareLatents(longest = Infinity): void {
    const { encode, decode } = this.model.abilities;
    this.runner.prepare([encode, decode].flatMap((ability) => (ability ? [ability.function] : [])));
    if (encode === undefined || longest === Infinity || this.encoder !== undefined) return;
    const declared = this.model.program.functions[encode.function]!;
    const batch = batchWithin(longest, encode.batch, () => this.call(encode.function, zeros(declared)));
    this.encoder = { function: forBatch(declared, batch), batch };
    if (batch === encode.batch) return;
    this.runner.extend({ [encode.function]: this.encoder.function });
    this.runner.prepare([encode.function]);
  }

  /** How many images a call of the encoder takes; 0 without one. */
  get encodeBatch(): number {
    return this.encoder?.batch ?? this.model.abilities.encode?.batch ?? 0;
  }

  dispose(): void {
    this.inputs.dispose();
    this.runner.dispose();
    this.backend.dispose();
  }

  private get seed(): number {
    return this.specification.training.seed;
  }

  private get pixels(): number {
    return this.model.imageShape.reduce((a, b) => a * b, 1);
  }

  private get evaluationOptions() {
    return { seed: this.seed, binarization: this.specification.data.binarization };
  }

  /** The first `count` test images, from the start again where the set has fewer. */
  private testImages(count: number): Images {
    const { images } = this.dataset.test;
    const data = new Float32Array(count * this.pixels);
    for (let i = 0; i < data.length; i++) data[i] = images[i % images.length]! / 255;
    return { data, count, shape: this.model.imageShape };
  }

  /** Their labels; undefined where the set has none. */
  private testLabels(count: number): Int32Array | undefined {
    const { labels } = this.dataset.test;
    return labels && Int32Array.from({ length: count }, (_, row) => labels[row % labels.length]!);
  }

  /**
   * What a run calls: its steps, and what it evaluates and shows. Also what only the latent explorer calls: with the others it
   * takes some milliseconds, and later, while training waits, a session of its own: a quarter of a second.
   */
  private trainingFunctions(): string[] {
    const { evaluate, reconstruct, sample, encode, decode } = this.model.abilities;
    const shown = [evaluate, reconstruct, sample, encode, decode].flatMap((ability) =>
      ability ? [ability.function] : [],
    );
    return [...this.model.stepFunctions, ...shown];
  }

  /** Calls a function with those of the inputs that it declares; images, latents and labels come as their bare values. */
  call(name: string, offered: Readonly<Record<string, Offered>>): Record<string, HostTensor> {
    const inputs: Record<string, Input> = {};
    const encodes = name === this.model.abilities.encode?.function;
    const called = (encodes ? this.encoder?.function : undefined) ?? this.model.program.functions[name]!;
    for (const [input, declaration] of Object.entries(called.inputs)) {
      const value = offered[input];
      if (value instanceof Float32Array || value instanceof Int32Array) inputs[input] = { ...declaration, data: value };
      else if (value !== undefined) inputs[input] = value;
    }
    return this.runner.call(name, inputs);
  }
}

type Offered = Input | Float32Array | Int32Array | undefined;

export type Progress = (done: number, total: number) => void;

function firstOf(set: ImageSet, count = set.count): ImageSet {
  if (count >= set.count) return set;
  const size = set.images.length / set.count;
  return { ...set, count, images: set.images.subarray(0, count * size), labels: set.labels?.subarray(0, count) };
}
