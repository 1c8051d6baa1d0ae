import { setImmediate as breathe } from 'node:timers/promises';
import { classNames, examplesOf, fromModel, learnedLabels, toModel, type Dataset } from '../../data';
import type { Backend } from '../../engine';
import type { NonFinite } from '../../engine/nonFinite';
import { inputsFor, type Offered } from '../../engine/offer';
import { shownProgram } from '../../engine/shownProgram';
import type { Callable, HostTensor, ProgramFunction, Runner } from '../../engine/program';
import { noise, scalars } from '../../evaluation';
import type { Model } from '../../models/model';
import type { DataShape } from '../../protocol/capabilities';
import { exampleShape, exampleSize } from '../../protocol/dataShape';
import type { BackendInfo } from '../../protocol/run';
import type { Specification } from '../../protocol/specification';
import { batchWithin, forBatch, zeros } from './encodeBatch';
import { buildModel, openPinned, readData } from './loading';
import type { Losses } from '../loop/loop';
import { checkModelSize } from './modelSize';
import { refuseOtherMachine } from './otherMachine';
import { StepInputs } from './stepInputs';
import { initialSeed, trainingStep } from './trainingStep';

export type Values = Readonly<Record<string, number>>;

export interface WorkbenchOptions {
  readonly specification: Specification;
  /** The run's folder or the checkpoint that the specification comes from. */
  readonly source: string;
  /** The backend of the run's earlier sessions, which "auto" then means: other backends give other bits. */
  readonly pinned?: BackendInfo['name'];
  /**
   * Makes ready all that a run calls, or its steps. Absent: the model is only looked at. There is no optimizer then, examples
   * are read when they are asked for and stay outside of the program, and a function is made ready when it is first called.
   */
  readonly ready?: 'training' | 'steps';
  /** Called with a short description of each activity, such as “reading the data”. */
  readonly onActivity: (activity: string) => void;
  /** Ends the decoding of images, which may take minutes; its reason is then thrown. */
  readonly signal?: AbortSignal;
}

export interface UpdateOptions {
  readonly only?: string;
  readonly runner?: Runner;
}

/**
 * Everything that a specification describes, loaded: data, model and weights on a backend. It carries out training steps and calls
 * functions; what else is done with a model is beside it: `measures.ts`, `samples.ts`, `latents.ts`, `easel.ts`.
 */
export class Workbench {
  /** The encoder with its measured batch size, once that was measured. */
  private encoder: { readonly function: ProgramFunction; readonly batch: number } | undefined;

  private labelsLearned: readonly number[] | undefined;

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
    const { specification, source, pinned, ready, onActivity, signal } = options;
    const say = async (activity: string) => {
      onActivity(activity);
      await breathe(); // what follows blocks the thread: let the word get out first
    };
    await say('reading the data');
    refuseOtherMachine(specification.data.path, source);
    const wanted = ready === undefined ? 'lazily' : ready === 'steps' ? 'stand-in' : 'whole';
    const dataset = await readData(specification, { wanted, onActivity, signal });
    await say('loading the tensor library');
    const backend = await openPinned(specification, pinned);
    await say('building the model');
    const model = buildModel(specification, dataset);
    checkModelSize(model.program);
    const inputs = new StepInputs(dataset, specification, model.scaling);
    const { mode } = specification.engine;
    const program = ready ? model.program : shownProgram(model.program);
    const examples = ready && inputs.examples;
    const runner = backend.createRunner(program, specification.training.seed, { mode, examples });
    const workbench = new Workbench(specification, dataset, backend, model, runner, inputs);
    if (ready) {
      await say('compiling');
      runner.prepare(ready === 'steps' ? phaseFunctions(model) : workbench.trainingFunctions());
    }
    return workbench;
  }

  get stepsPerEpoch(): number {
    return this.inputs.stepsPerEpoch;
  }

  get parameters(): number {
    const trained = this.model.program.variables.filter(({ trained }) => trained !== false);
    return trained.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  }

  get shape(): DataShape {
    return this.dataset.shape;
  }

  /** What the model does once, before its first step. */
  initialize(): void {
    const { initialize } = this.model;
    if (initialize === undefined) return;
    const key = noise(initialSeed(this.seed), 0);
    this.call(initialize.function, { ...this.batchFor(initialize.function, 0, 0), noise: key });
  }

  /**
   * Carries out training step `step`, counted from 0: all phases that are due, in order. A function of the weights, the
   * seed and the step. Returns the scalar outputs of each phase's last call, by what follows `train/` in their tags.
   *
   * @param options.only the name of a phase: the others are left out of this step
   * @param options.runner of the same program, in place of the workbench's own
   */
  update(step: number, hyperparameters: Values, { only, runner = this.runner }: UpdateOptions = {}): Losses {
    const values = scalars(hyperparameters);
    const call = (name: string, stream: number, seed: number) =>
      this.call(name, { ...this.batchFor(name, step, stream), noise: noise(seed, step), ...values }, runner);
    return trainingStep(this.model.phases, step, this.seed, call, only);
  }

  /**
   * A second runner, which starts as the run did before its first step and carries out steps operation by operation.
   *
   * @param onNonFinite called with the first number of a call that is not finite
   */
  watchedRunner(onNonFinite: (found: NonFinite) => void): Runner {
    const { backend, model, seed, inputs } = this;
    return backend.createRunner(model.program, seed, { mode: 'eager', examples: inputs.examples, onNonFinite });
  }

  /** The first `count` test examples as the model takes them, from the start again where the set has fewer. */
  firstTests(count: number): Float32Array {
    const { test } = this.dataset;
    const values = examplesOf(test, 0, count);
    const take = this.takes(values);
    return Float32Array.from({ length: count * exampleSize(this.shape) }, (_, i) => take(values[i % values.length]!));
  }

  /** `count` training examples from number `from` on, as the model takes them: [count, …] */
  trainingExamples(from: number, count: number): Float32Array {
    const values = examplesOf(this.dataset.train, from, count);
    const take = this.takes(values);
    return Float32Array.from(values, take);
  }

  /** Names of the classes that the examples' labels mean; undefined where they have none. */
  get classes(): readonly string[] | undefined {
    return classNames(this.dataset);
  }

  /** The labels that samples are drawn of, one after the other; undefined for a model that takes none. */
  get sampledLabels(): readonly number[] | undefined {
    if (this.model.classes === undefined) return undefined;
    return (this.labelsLearned ??= learnedLabels(this.dataset));
  }

  /**
   * Compiles what the latent explorer calls. If a call of the encoder takes longer than `longest` milliseconds, the encoder
   * is declared again for fewer examples, since urgent requests are served only between two calls.
   */
  prepareLatents(longest = Infinity): void {
    const { encode, decode } = this.model.latent ?? {};
    this.runner.prepare(functionsOf([encode, decode]));
    if (encode === undefined || longest === Infinity || this.encoder !== undefined) return;
    const declared = this.model.program.functions[encode.function]!;
    const batch = batchWithin(longest, encode.batch, () => this.call(encode.function, zeros(declared)));
    this.encoder = { function: forBatch(declared, batch), batch };
    if (batch === encode.batch) return;
    this.runner.extend({ [encode.function]: this.encoder.function });
    this.runner.prepare([encode.function]);
  }

  /** How many examples a call of the encoder takes; 0 without one. */
  get encodeBatch(): number {
    return this.encoder?.batch ?? this.model.latent?.encode?.batch ?? 0;
  }

  dispose(): void {
    this.inputs.dispose();
    this.runner.dispose();
    this.backend.dispose();
  }

  get seed(): number {
    return this.specification.training.seed;
  }

  /** What a call of the function draws of the training set; nothing for one that takes none of it, such as a generator's update. */
  private batchFor(name: string, step: number, stream: number) {
    const { examples, labels } = this.model.program.functions[name]!.inputs;
    if (examples === undefined && labels === undefined) return undefined;
    const leading = examples ? examples.shape.slice(0, examples.shape.length - exampleShape(this.shape).length) : [];
    return this.inputs.at(step, stream, leading.length > 1 ? leading[0]! : 1);
  }

  /** What a stored value of examples is to the model, without a draw. */
  takes(values: Uint8Array | Float32Array): (value: number) => number {
    const { scaling } = this.model;
    return values instanceof Uint8Array ? (byte) => toModel(scaling, byte / 255) : (value) => value;
  }

  /** The model's examples as they are shown: images in [0, 1], points as they are. Changes them in place. */
  shown(data: Float32Array): Float32Array {
    const { scaling, data: shape } = this.model;
    if (shape.kind === 'image' && scaling === 'signed')
      data.forEach((value, i) => (data[i] = fromModel(scaling, value)));
    return data;
  }

  /**
   * What a run calls: its steps, and what it evaluates and shows. Also what only the latent explorer calls: with the others it
   * takes some milliseconds, and later, while training waits, a session of its own: a quarter of a second.
   */
  private trainingFunctions(): string[] {
    const { metrics, summaries, sampling, latent } = this.model;
    const shown = functionsOf([...metrics, sampling, latent?.encode, latent?.decode]);
    return [...new Set([...phaseFunctions(this.model), ...shown, ...summaries.flatMap(({ functions }) => functions)])];
  }

  /** Calls a function with those of the inputs that it declares; examples, latents and labels come as their bare values. */
  call(
    name: string,
    offered: Readonly<Record<string, Offered>>,
    runner: Callable = this.runner,
  ): Record<string, HostTensor> {
    const encodes = name === this.model.latent?.encode?.function;
    const called = (encodes ? this.encoder?.function : undefined) ?? this.model.program.functions[name]!;
    return runner.call(name, inputsFor(called.inputs, offered));
  }
}

function functionsOf(parts: readonly ({ readonly function: string } | undefined)[]): string[] {
  return parts.flatMap((part) => (part ? [part.function] : []));
}

function phaseFunctions({ initialize, phases }: Model): string[] {
  return functionsOf([initialize, ...phases]);
}
