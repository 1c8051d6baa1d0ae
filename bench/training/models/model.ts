import type * as tf from '@tensorflow/tfjs-core';
import {
  NOISE_INPUT,
  SCALAR_INPUT,
  type InputDeclaration,
  type Program,
  type Scope,
  type VariableDeclaration,
} from '../../../src/engine/program';
import type { Operations } from '../operations/operations';

/** Images, points, … in every step of every model. */
export const BATCH = 128;

/**
 * One training step to be timed. Its twins in PyTorch and TensorFlow (`../python`) have the same variables by name, layers,
 * loss and optimizer.
 */
export interface BenchmarkModel {
  readonly name: string;
  readonly title: string;
  readonly variables: readonly VariableDeclaration[];
  /** Names of those that the step updates. */
  readonly trained: readonly string[];
  readonly optimizer: AdamSettings;
  readonly inputs: Readonly<Record<string, DataDeclaration>>;
  /** What the step draws. */
  readonly noise: Readonly<Record<string, NoiseDeclaration>>;
  step(parts: StepParts): Loss;
}

/** Random data: bytes / 255 in [0, 1], the same in [−1, 1], bits, or points about a ring of eight modes. */
export interface DataDeclaration {
  readonly kind: 'bytes' | 'signedBytes' | 'bits' | 'ring';
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

type Tensors = Readonly<Record<string, tf.Tensor>>;

export interface StepParts {
  readonly operations: Operations;
  readonly variable: (name: string) => tf.Tensor;
  readonly inputs: Tensors;
  readonly noise: Tensors;
}

/** Called inside the gradient's tape; what `step` computes before it returns is outside. */
export type Loss = () => tf.Scalar;

/**
 * The model as the engine takes it: `step` draws its noise, `check` is given it, so that all contenders can be seen to
 * compute the same.
 */
export function programOf(model: BenchmarkModel, operations: Operations): Program {
  const { beta1, beta2, epsilon } = model.optimizer;
  const declared = Object.entries(model.noise);
  const floats = ([name, { shape }]: [string, { readonly shape: readonly number[] }]): [string, InputDeclaration] => [
    name,
    { shape, dtype: 'float32' },
  ];
  const data = { ...Object.fromEntries(Object.entries(model.inputs).map(floats)), learningRate: SCALAR_INPUT };
  const body = (scope: Scope, inputs: Tensors, noise: Tensors) => {
    const loss = model.step({ operations, variable: (name) => scope.variable(name), inputs, noise });
    return scope.minimize('adam', () => ({ loss: loss() }), inputs.learningRate as tf.Scalar);
  };
  const draw = (scope: Scope, inputs: Tensors): Tensors =>
    Object.fromEntries(
      declared.map(([name, { kind: distribution, shape }], stream) => [
        name,
        scope[distribution](inputs.noise as tf.Tensor1D, stream, shape),
      ]),
    );
  return {
    variables: model.variables,
    optimizers: { adam: { settings: { kind: 'adam', beta1, beta2, epsilon }, variables: model.trained } },
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
