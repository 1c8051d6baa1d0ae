import * as tf from '@tensorflow/tfjs-core';
import {
  NOISE_INPUT,
  SCALAR_INPUT,
  type InputDeclaration,
  type Program,
  type Scope,
  type VariableDeclaration,
} from '../../../src/engine/program';
import type { Model } from '../../../src/models/model';
import { variablesOf as variablesOfLayers, type LayerScope } from '../../../src/models/layers';

/** Images, points, … in every step of the models that do not say another number. */
export const BATCH = 128;

/**
 * One training step to be timed, in the layers that families are made of. Its twins (`../python`) have the same variables by
 * name, layers, losses and optimizers.
 */
export interface StepModel extends Timed {
  readonly family?: undefined;
  readonly optimizer: AdamSettings;
  /**
   * By the name of each loss of {@link step}, how the names of the variables begin that it trains, with an optimizer of its
   * own; all variables by `loss` if absent.
   */
  readonly trains?: Readonly<Record<string, string>>;
  /**
   * Losses, each called inside its own gradient's tape; what `step` computes before it returns is outside. They may assign
   * state. Their sum is reported.
   */
  step(scope: LayerScope, inputs: Tensors, noise: Tensors): Losses;
}

interface Timed {
  readonly name: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, DataDeclaration>>;
  /** What the step draws. */
  readonly noise: Readonly<Record<string, NoiseDeclaration>>;
  /** Frameworks that have a twin; PyTorch, TensorFlow and TensorFlow.js by itself if absent. */
  readonly twins?: readonly Twin[];
}

/** A step of a family of `src/models`, with all the calls that the trainer makes for it. */
export interface FamilyModel extends Timed {
  readonly family: Model;
  /** As its players all have it. */
  readonly optimizer: FamilyOptimizer;
  /** Draws of a call of a step, by their streams. */
  draws(call: number): Readonly<Record<number, string>>;
  /** Further settings for the twins. */
  readonly settings: Readonly<Record<string, number>>;
}

export type FamilyOptimizer =
  AdamSettings | { readonly decay: number; readonly epsilon: number; readonly learningRate: number };

export type BenchmarkModel = StepModel | FamilyModel;

export type Twin = 'tfjs' | 'pytorch' | 'tensorflow';

/**
 * Random data: bytes / 255 in [0, 1], the same in [−1, 1], bits, whole numbers from 0 to 255, or points about a ring of eight
 * modes.
 */
export interface DataDeclaration {
  readonly kind: 'bytes' | 'signedBytes' | 'bits' | 'levels' | 'ring';
  readonly shape: readonly number[];
}

export interface NoiseDeclaration {
  readonly kind: 'normal' | 'uniform';
  readonly shape: readonly number[];
}

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly learningRate: number;
}

export type Tensors = Readonly<Record<string, tf.Tensor>>;
export type Losses = Readonly<Record<string, () => tf.Scalar>>;

/** In the order in which the step first reads them. */
export function variablesOf(model: BenchmarkModel): readonly VariableDeclaration[] {
  if (model.family) return model.family.program.variables;
  return variablesOfLayers((scope, standIn) => {
    const standIns = (declared: BenchmarkModel['inputs'] | BenchmarkModel['noise']) =>
      Object.fromEntries(Object.entries(declared).map(([name, { shape }]) => [name, standIn(shape)]));
    for (const loss of Object.values(model.step(scope, standIns(model.inputs), standIns(model.noise)))) loss();
  });
}

/** Names of the variables that each loss trains. */
export function trainedBy(
  model: BenchmarkModel,
  variables: readonly VariableDeclaration[],
): Record<string, readonly string[]> {
  if (model.family) {
    const optimizers = Object.entries(model.family.program.optimizers!);
    return Object.fromEntries(optimizers.map(([name, { variables: trained }]) => [name, trained]));
  }
  const { trains = { loss: '' } } = model;
  const trainable = variables.flatMap(({ name, trained }) => (trained === false ? [] : [name]));
  return Object.fromEntries(
    Object.entries(trains).map(([loss, prefix]) => [loss, trainable.filter((name) => name.startsWith(prefix))]),
  );
}

/**
 * The model as the engine takes it: `step` draws its noise, `check` is given it, so that all contenders can be seen to
 * compute the same.
 */
export function programOf(model: StepModel): Program {
  const { beta1, beta2, epsilon } = model.optimizer;
  const variables = variablesOf(model);
  const declared = Object.entries(model.noise);
  const floats = ([name, { shape }]: [string, { readonly shape: readonly number[] }]): [string, InputDeclaration] => [
    name,
    { shape, dtype: 'float32' },
  ];
  const data = { ...Object.fromEntries(Object.entries(model.inputs).map(floats)), learningRate: SCALAR_INPUT };
  const body = (scope: Scope, inputs: Tensors, noise: Tensors) => {
    const losses = Object.entries(model.step(scope, inputs, noise)).map(([name, loss]) => {
      const reported = scope.minimize(name, () => ({ loss: loss() }), inputs.learningRate as tf.Scalar);
      return reported['loss'] as tf.Scalar;
    });
    return { loss: losses.reduce((sum, loss) => tf.add(sum, loss)) };
  };
  const draw = (scope: Scope, inputs: Tensors): Tensors =>
    Object.fromEntries(
      declared.map(([name, { kind: distribution, shape }], stream) => [
        name,
        scope[distribution](inputs.noise as tf.Tensor1D, stream, shape),
      ]),
    );
  return {
    variables,
    optimizers: Object.fromEntries(
      Object.entries(trainedBy(model, variables)).map(([loss, names]) => [
        loss,
        { settings: { kind: 'adam', beta1, beta2, epsilon }, variables: names },
      ]),
    ),
    functions: {
      step: {
        inputs: declared.length > 0 ? { ...data, noise: NOISE_INPUT } : data,
        body: (scope, inputs) => body(scope, inputs, draw(scope, inputs)),
      },
      check: {
        inputs: { ...data, ...Object.fromEntries(declared.map(floats)) },
        body: (scope, inputs) => body(scope, inputs, inputs),
      },
    },
  };
}

/** Adam as PyTorch and TensorFlow start it, but for ε, which differs between them: here it is 1e-8 in all. */
export function adam(learningRate: number, beta1 = 0.9, beta2 = 0.999): AdamSettings {
  return { beta1, beta2, epsilon: 1e-8, learningRate };
}
