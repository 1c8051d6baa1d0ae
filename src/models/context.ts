import {
  NOISE_INPUT,
  SCALAR_INPUT,
  type InputDeclaration,
  type OptimizerDeclaration,
  type Program,
  type ProgramFunction,
  type VariableDeclaration,
} from '../engine/program';
import type { DataShape } from '../protocol/capabilities';
import { exampleNoun, exampleShape } from '../protocol/dataShape';
import type { Mixture } from '../protocol/mixtures';
import type { TrainingSpecification } from '../protocol/specification';
import { examplesInput } from './examples';
import type { Hyperparameter, Model } from './model';

/** What a family needs to know besides its own specification. */
export interface ModelContext {
  readonly data: DataShape;
  /** How many classes the examples' labels name; absent where they have no labels. */
  readonly classes?: number;
  readonly training: TrainingSpecification;
  /** The data set as people call it ("MNIST"). */
  readonly dataTitle: string;
  /** Of points: half the side of a square around the origin that holds them. */
  readonly extent?: number;
  /** The mixture of Gaussians that points are drawn from, where that is known. */
  readonly mixture?: Mixture;
}

/**
 * How many examples the functions take that don't train; shapes of a program are fixed. Large enough that the matrix
 * products dominate a call, small enough that a call never keeps a waiting request longer than a fraction of a second.
 */
export const SIZES = {
  evaluate: 250,
  /**
   * Fewer, since a point that is dragged waits for the rest of a batch: of a convolutional VAE it takes 3 ms, and 250
   * take 8.
   */
  encode: 100,
  /** Few: a point that is dragged is one. Of a convolutional VAE it takes 1.5 ms so, and 4 ms as one of 64. */
  decode: 16,
  reconstruct: 32,
  sample: 64,
  importance: { batch: 20, samples: 25 },
} as const;

/** "nats per image" */
export function per(unit: string, { data }: Pick<ModelContext, 'data'>): string {
  return `${unit} per ${exampleNoun(data)}`;
}

/** The one optimizer of a family that has no more, for those of its variables that are trained; it is named after its kind. */
export function soleOptimizer(
  { training }: ModelContext,
  variables: readonly VariableDeclaration[],
): NonNullable<Program['optimizers']> {
  return { [training.optimizer.kind]: optimizerOf(training, variables) };
}

/**
 * The optimizers of a family that has several, by what they train ("generator"), with settings of their own where
 * `training.optimizers` has some. Their learning rates are hyperparameters, such as `generatorLearningRate`.
 *
 * @param trained the variables of each; those that are not trained, such as running averages, are left out
 */
export function namedOptimizers<Name extends string>(
  { training }: ModelContext,
  trained: Readonly<Record<Name, readonly VariableDeclaration[]>>,
): {
  readonly optimizers: Readonly<Record<Name, OptimizerDeclaration>>;
  readonly hyperparameters: Readonly<Record<`${Name}LearningRate`, Hyperparameter>>;
} {
  const names = Object.keys(trained) as Name[];
  const settings = (name: Name) => ({ ...training, ...training.optimizers?.[name] });
  return {
    optimizers: Object.fromEntries(names.map((name) => [name, optimizerOf(settings(name), trained[name])])) as Record<
      Name,
      OptimizerDeclaration
    >,
    hyperparameters: Object.fromEntries(
      names.map((name) => [`${name}LearningRate`, learningRateOf(settings(name), `Learning rate (${words(name)})`)]),
    ) as Record<`${Name}LearningRate`, Hyperparameter>,
  };
}

type OptimizerPart = Pick<TrainingSpecification, 'optimizer' | 'schedule' | 'clip' | 'average'>;

function optimizerOf(
  { optimizer: settings, clip, average }: OptimizerPart,
  variables: readonly VariableDeclaration[],
): OptimizerDeclaration {
  const trained = variables.filter(({ trained }) => trained !== false);
  return { settings, variables: trained.map(({ name }) => name), clip, average };
}

/** Functions that show and measure the model: with the averaged weights, where the run keeps an average. */
export function shown<Names extends string>(
  { training }: ModelContext,
  functions: Readonly<Record<Names, ProgramFunction>>,
): Record<Names, ProgramFunction> {
  if (training.average === undefined) return functions;
  const entries = Object.entries<ProgramFunction>(functions).map(([name, each]) => [
    name,
    { ...each, weights: 'averaged' },
  ]);
  return Object.fromEntries(entries) as Record<Names, ProgramFunction>;
}

/** `labels` [count] of examples, each below `classes`. */
export function labelsInput(count: number, classes: number): InputDeclaration {
  return { shape: [count], dtype: 'int32', below: classes };
}

export function learningRate({ training }: ModelContext): Hyperparameter {
  return learningRateOf(training, 'Learning rate');
}

function learningRateOf({ optimizer, schedule }: OptimizerPart, title: string): Hyperparameter {
  return { title, value: optimizer.learningRate, minimum: 0, maximum: 10, schedule };
}

/** "firstCritic" → "first critic" */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

type Inputs = Readonly<Record<string, InputDeclaration>>;

/** What the function of a {@link Model.phases} takes. */
export function trainingInputs({ training, data }: ModelContext, hyperparameters: Model['hyperparameters']): Inputs {
  const examples = examplesInput(training.batch, exampleShape(data));
  return { examples, noise: NOISE_INPUT, ...scalarInputs(hyperparameters) };
}

/** What the function of a {@link Model.metrics} takes. */
export function evaluationInputs(
  { data }: ModelContext,
  hyperparameters: Model['hyperparameters'],
  batch: number = SIZES.evaluate,
): Inputs {
  const weights: InputDeclaration = { shape: [batch], dtype: 'float32' };
  const examples = examplesInput(batch, exampleShape(data));
  return { examples, weights, noise: NOISE_INPUT, ...scalarInputs(hyperparameters) };
}

function scalarInputs(hyperparameters: Model['hyperparameters']): Inputs {
  return Object.fromEntries(Object.keys(hyperparameters).map((name) => [name, SCALAR_INPUT]));
}
