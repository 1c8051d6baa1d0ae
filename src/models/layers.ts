import * as tf from '@tensorflow/tfjs-core';
import { addBias } from '../engine/ops';
import type { Scope, VariableDeclaration } from '../engine/program';
import type { NetworkSpecification } from '../protocol/families/parts';

/**
 * Layers as plain functions over a scope, with the variables that they read.
 *
 * Kernels and biases start from U(−1/√n, 1/√n), where n counts the inputs that one output sums: PyTorch's default for
 * linear and convolutional layers (He et al. 2015 with a = √5; for transposed convolutions PyTorch counts otherwise).
 * Published figures of small VAEs come from it; the Glorot rule gives a 784-400-20 VAE that is some nats off after few
 * epochs.
 */
export interface Layer {
  readonly variables: readonly VariableDeclaration[];
  /** @param condition what else the network is given: [batch, size]; most layers pass it on */
  apply(scope: Scope, input: tf.Tensor, condition?: tf.Tensor): tf.Tensor;
}

export type Activation = NetworkSpecification['activation'];

const KERNEL_SIZE = 4;
const STRIDE = 2;

/** x W + b: [batch, inputs] → [batch, outputs]. The kernel is stored as [inputs, outputs]. */
export function dense(name: string, inputs: number, outputs: number): Layer {
  return {
    variables: affineVariables(name, [inputs, outputs], outputs, inputs),
    apply: (scope, input) => addBias(tf.matMul(input as tf.Tensor2D, kernel(scope, name)), bias(scope, name)),
  };
}

/**
 * 4×4 convolution of stride 2 with SAME padding: [batch, h, w, inputs] → [batch, ⌈h/2⌉, ⌈w/2⌉, outputs]. The kernel is
 * stored as [4, 4, inputs, outputs].
 */
export function convolution(name: string, inputs: number, outputs: number): Layer {
  const shape = [KERNEL_SIZE, KERNEL_SIZE, inputs, outputs];
  return {
    variables: affineVariables(name, shape, outputs, KERNEL_SIZE ** 2 * inputs),
    apply: (scope, input) =>
      addBias(tf.conv2d(input as tf.Tensor4D, kernel(scope, name), STRIDE, 'same'), bias(scope, name)),
  };
}

/**
 * The transpose of {@link convolution}: [batch, ⌈h/2⌉, ⌈w/2⌉, inputs] → [batch, h, w, outputs], where `size` is [h, w]:
 * an odd and an even h have the same half, so the size must be said. The kernel is stored as [4, 4, outputs, inputs].
 */
export function transposedConvolution(
  name: string,
  inputs: number,
  outputs: number,
  size: readonly [number, number],
): Layer {
  const shape = [KERNEL_SIZE, KERNEL_SIZE, outputs, inputs];
  return {
    // A stride of 2 lets only a quarter of the kernel's positions meet each output.
    variables: affineVariables(name, shape, outputs, (KERNEL_SIZE / STRIDE) ** 2 * inputs),
    apply: (scope, input) => {
      const outputShape: [number, number, number, number] = [input.shape[0]!, size[0], size[1], outputs];
      const sum = tf.conv2dTranspose(input as tf.Tensor4D, kernel(scope, name), outputShape, STRIDE, 'same');
      return addBias(sum, bias(scope, name));
    },
  };
}

/**
 * Adds c L to what a layer gives, for a condition c [batch, size]: to each of its units, or to each pixel of a channel. For a
 * dense layer that is the same layer on the concatenation of its input and c; for a convolution it is c as constant
 * feature maps, save for the padding. L is stored as `<name>.condition` [size, outputs] and starts as the kernel does.
 */
export function conditioned(layer: Layer, name: string, size: number, outputs: number): Layer {
  const variable = `${name}.condition`;
  const { initializer } = layer.variables[0]!;
  return {
    variables: [...layer.variables, { name: variable, shape: [size, outputs], initializer }],
    apply: (scope, input, condition) => {
      if (condition === undefined) throw new TypeError(`The layer ${name} is given no condition.`);
      const output = layer.apply(scope, input, condition);
      const shift = tf.matMul(condition as tf.Tensor2D, scope.variable(variable) as tf.Tensor2D);
      const between = output.shape.slice(1, -1).map(() => 1);
      return tf.add(output, tf.reshape(shift, [output.shape[0]!, ...between, outputs]));
    },
  };
}

/** What the convolutions make of an image's [height, width]. */
export function halved([height, width]: readonly [number, number]): [number, number] {
  return [Math.ceil(height / STRIDE), Math.ceil(width / STRIDE)];
}

export function activation(kind: Activation): Layer {
  const functions: Record<Activation, (input: tf.Tensor) => tf.Tensor> = {
    relu: tf.relu,
    tanh: tf.tanh,
    softplus: tf.softplus,
    elu: tf.elu,
  };
  const apply = functions[kind];
  return { variables: [], apply: (_scope, input) => apply(input) };
}

/** [batch, …] → [batch, …shape] */
export function reshape(shape: readonly number[]): Layer {
  return { variables: [], apply: (_scope, input) => tf.reshape(input, [input.shape[0]!, ...shape]) };
}

/** One layer after the other. */
export function sequence(layers: readonly Layer[]): Layer {
  return {
    variables: layers.flatMap((layer) => layer.variables),
    apply: (scope, input, condition) => layers.reduce((value, layer) => layer.apply(scope, value, condition), input),
  };
}

function affineVariables(
  name: string,
  shape: readonly number[],
  outputs: number,
  inputsOfOneOutput: number,
): VariableDeclaration[] {
  const initializer = { kind: 'uniform', limit: 1 / Math.sqrt(inputsOfOneOutput) } as const;
  return [
    { name: `${name}.kernel`, shape, initializer },
    { name: `${name}.bias`, shape: [outputs], initializer },
  ];
}

function kernel<T extends tf.Tensor2D | tf.Tensor4D>(scope: Scope, name: string): T {
  return scope.variable(`${name}.kernel`) as T;
}

function bias(scope: Scope, name: string): tf.Tensor1D {
  return scope.variable(`${name}.bias`) as tf.Tensor1D;
}
