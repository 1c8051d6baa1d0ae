import * as tf from '@tensorflow/tfjs-core';
import type { Initializer, VariableDeclaration } from '../../../src/engine/program';
import type { StepParts } from './model';

type Parts = Pick<StepParts, 'operations' | 'variable'>;
export type Shape = readonly number[];

/** A kernel and, unless normalization follows and would take it away again, a bias. */
export function affine(name: string, kernel: Shape, outputs: number, inputsOfOneOutput: number): VariableDeclaration[] {
  const initializer: Initializer = { kind: 'uniform', limit: 1 / Math.sqrt(inputsOfOneOutput) };
  return [
    { name: `${name}.kernel`, shape: kernel, initializer },
    { name: `${name}.bias`, shape: [outputs], initializer },
  ];
}

export const denseVariables = (name: string, inputs: number, outputs: number) =>
  affine(name, [inputs, outputs], outputs, inputs);

/** A kernel of height × width: [height, width, inputs, outputs]. */
export const convolutionVariables = (name: string, [height, width]: Shape, inputs: number, outputs: number) =>
  affine(name, [height!, width!, inputs, outputs], outputs, height! * width! * inputs);

/** 4×4 kernel [4, 4, outputs, inputs], stride 2: each output meets a quarter of it. */
export const transposedVariables = (name: string, inputs: number, outputs: number) =>
  affine(name, [4, 4, outputs, inputs], outputs, 4 * inputs);

export const trainedNames = (variables: readonly VariableDeclaration[], prefix = '') =>
  variables.map(({ name }) => name).filter((name) => name.startsWith(prefix));

/** [batch, inputs] → [batch, outputs] */
export function dense({ operations, variable }: Parts, name: string, x: tf.Tensor): tf.Tensor {
  const product = tf.matMul(x as tf.Tensor2D, variable(`${name}.kernel`) as tf.Tensor2D);
  return operations.addBias(product, variable(`${name}.bias`));
}

/** SAME padding: [batch, h, w, inputs] → [batch, ⌈h / stride⌉, ⌈w / stride⌉, outputs]; the kernel's values may be masked. */
export function convolution(
  { operations, variable }: Parts,
  name: string,
  x: tf.Tensor,
  stride: 1 | 2,
  mask?: tf.Tensor,
): tf.Tensor {
  const kernel = variable(`${name}.kernel`);
  const used = mask ? tf.mul(kernel, mask) : kernel;
  return operations.addBias(tf.conv2d(x as tf.Tensor4D, used as tf.Tensor4D, stride, 'same'), variable(`${name}.bias`));
}

/** Without bias: [batch, h, w, inputs] → [batch, 2h, 2w, outputs] */
export function transposed({ variable }: Pick<Parts, 'variable'>, name: string, x: tf.Tensor): tf.Tensor {
  const kernel = variable(`${name}.kernel`) as tf.Tensor4D;
  const [batch, height, width] = x.shape as [number, number, number, number];
  const shape: [number, number, number, number] = [batch, 2 * height, 2 * width, kernel.shape[2]];
  return tf.conv2dTranspose(x as tf.Tensor4D, kernel, shape, 2, 'same');
}

/** Mean over the batch of the sum over everything else, in nats: the usual loss of binary images. */
export function bernoulliLoss({ operations }: Pick<Parts, 'operations'>, x: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  const flat = (tensor: tf.Tensor) => tf.reshape(tensor, [tensor.shape[0]!, -1]);
  return tf.mean(tf.sum(operations.sigmoidCrossEntropy(flat(x), flat(logits)), 1));
}
