import type { ImageShape } from '../common/imageShape';
import {
  NOISE_INPUT,
  SCALAR_INPUT,
  type InputDeclaration,
  type OptimizerDeclaration,
  type Program,
  type ProgramFunction,
  type VariableDeclaration,
} from '../engine/program';
import type { TrainingSpecification } from '../protocol/specification';
import { imagesInput } from './images';
import type { Hyperparameter, Model } from './model';

/** What a family needs to know besides its own specification. */
export interface ModelContext {
  readonly imageShape: ImageShape;
  /** How many classes the images' labels name; absent where they have no labels. */
  readonly classes?: number;
  readonly training: TrainingSpecification;
  /** The data set as people call it ("MNIST"). */
  readonly dataTitle: string;
}

/**
 * How many images the functions take that don't train; shapes of a program are fixed. Large enough that the matrix
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

/** The one optimiser of a family that has no more; it is named after its kind. */
export function soleOptimizer(
  context: ModelContext,
  variables: readonly VariableDeclaration[],
): NonNullable<Program['optimizers']> {
  const names = variables.map(({ name }) => name);
  return { [context.training.optimizer.kind]: optimizerOf(context, names) };
}

export function optimizerOf({ training }: ModelContext, variables: readonly string[]): OptimizerDeclaration {
  const { optimizer: settings, clip, average } = training;
  return { settings, variables, clip, average };
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

/** `labels` [count], for images of so many classes. */
export function labelsInput(count: number, classes: number): InputDeclaration {
  return { shape: [count], dtype: 'int32', below: classes };
}

export function learningRate({ training }: ModelContext): Hyperparameter {
  const { learningRate: value } = training.optimizer;
  return { title: 'Learning rate', value, minimum: 0, maximum: 10, scheduled: true };
}

type Inputs = Readonly<Record<string, InputDeclaration>>;

/** What the function of a {@link Model.phases} takes. */
export function trainingInputs(
  { training, imageShape }: ModelContext,
  hyperparameters: Model['hyperparameters'],
): Inputs {
  return { images: imagesInput(training.batch, imageShape), noise: NOISE_INPUT, ...scalarInputs(hyperparameters) };
}

/** What the function of a {@link Model.metrics} takes. */
export function evaluationInputs({ imageShape }: ModelContext, hyperparameters: Model['hyperparameters']): Inputs {
  const weights: InputDeclaration = { shape: [SIZES.evaluate], dtype: 'float32' };
  const images = imagesInput(SIZES.evaluate, imageShape);
  return { images, weights, noise: NOISE_INPUT, ...scalarInputs(hyperparameters) };
}

function scalarInputs(hyperparameters: Model['hyperparameters']): Inputs {
  return Object.fromEntries(Object.keys(hyperparameters).map((name) => [name, SCALAR_INPUT]));
}
