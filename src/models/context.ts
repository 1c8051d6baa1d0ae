import type { ImageShape } from '../common/imageShape';
import { NOISE_INPUT, SCALAR_INPUT, type InputDeclaration, type OptimizerSettings } from '../engine/program';
import { imagesInput } from './images';
import type { Hyperparameter, Model } from './model';

/** What a family needs to know besides its own specification. */
export interface ModelContext {
  readonly imageShape: ImageShape;
  /** Images of a training step. */
  readonly batch: number;
  /** A family with one optimiser names it after its kind. */
  readonly optimizer: OptimizerSettings & { readonly learningRate: number };
  /** The data set as people call it ("MNIST"). */
  readonly dataTitle: string;
}

/**
 * How many images the functions take that don't train; shapes of a program are fixed. Large enough that the matrix
 * products dominate a call, small enough that a call never keeps a waiting request longer than a fraction of a second.
 */
export const SIZES = {
  evaluate: 250,
  encode: 250,
  decode: 64,
  reconstruct: 32,
  sample: 64,
  importance: { batch: 20, samples: 25 },
} as const;

export function learningRate({ optimizer }: ModelContext): Hyperparameter {
  return { title: 'Learning rate', value: optimizer.learningRate, minimum: 0, maximum: 10 };
}

type Inputs = Readonly<Record<string, InputDeclaration>>;

/** What a function of {@link Model.schedule} takes. */
export function trainingInputs({ batch, imageShape }: ModelContext, hyperparameters: Model['hyperparameters']): Inputs {
  return { images: imagesInput(batch, imageShape), noise: NOISE_INPUT, ...scalarInputs(hyperparameters) };
}

/** What a model's ability to `evaluate` takes. */
export function evaluationInputs({ imageShape }: ModelContext, hyperparameters: Model['hyperparameters']): Inputs {
  const weights: InputDeclaration = { shape: [SIZES.evaluate], dtype: 'float32' };
  const images = imagesInput(SIZES.evaluate, imageShape);
  return { images, weights, noise: NOISE_INPUT, ...scalarInputs(hyperparameters) };
}

function scalarInputs(hyperparameters: Model['hyperparameters']): Inputs {
  return Object.fromEntries(Object.keys(hyperparameters).map((name) => [name, SCALAR_INPUT]));
}
