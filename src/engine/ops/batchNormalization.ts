import { engine, grads, mean, mul, add, reshape, rsqrt, square, sub } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { attached, detached } from '../gradients/tape';
import { BATCH_NORMALIZATION, BATCH_NORMALIZATION_GRADIENT } from './kernels/names';
import type { BatchNormalizationAttributes } from './kernels/attributes';

export interface BatchNormalization<T extends Tensor> {
  /** Like x. */
  readonly output: T;
  /** [n], over all axes but the last; a constant for gradients. */
  readonly mean: Tensor1D;
  /**
   * [n], unbiased (divided by count − 1, as PyTorch and TensorFlow keep for their moving averages), though the output
   * is made with the biased variance, divided by count; a constant for gradients.
   */
  readonly variance: Tensor1D;
}

/**
 * Batch normalization in training (Ioffe & Szegedy 2015, algorithm 1):
 *
 *   y = scale (x − μ) / √(σ² + ε) + offset,   μ, σ² over all axes but the last
 *
 * x [batch, n] or [batch, height, width, n] with more than one value a channel; scale, offset [n]. One kernel forward
 * and one backward on TensorFlow. Exact to second order and beyond: where the gradient is itself differentiated, it is
 * computed by the formula. cuDNN takes no ε below 1.001e-5.
 */
export function batchNormalization<T extends Tensor>(
  x: T,
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon = 1e-3,
): BatchNormalization<T> {
  checkChannels(x, { scale, offset });
  const attributes = { epsilon };
  const images = asImages(x);
  // Computed off the tape: on it, a gradient would have to be made for each of the outputs.
  const [output, batchMean, variance, ...saved] = engine().runKernel<Tensor[]>(
    BATCH_NORMALIZATION,
    { x: detached(images), scale: detached(scale), offset: detached(offset) },
    attributes,
  ) as [Tensor4D, Tensor1D, Tensor1D, Tensor, Tensor];
  const attachedOutput = attached({
    inputs: [images, scale, offset],
    value: output,
    saved: [images, scale, offset, ...saved],
    gradient: (dy, kept) => gradients(dy, kept, attributes),
  });
  return {
    output: reshape(attachedOutput, x.shape) as T,
    mean: batchMean,
    variance,
  };
}

/**
 * The same with given statistics, as at inference: mean and variance [n], for instance moving averages. Gradients flow into all
 * operands.
 */
export function normalizeBatch<T extends Tensor>(
  x: T,
  statistics: { readonly mean: Tensor1D; readonly variance: Tensor1D },
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon = 1e-3,
): T {
  checkChannels(x, { scale, offset, ...statistics });
  const factor = mul(scale, rsqrt(add(statistics.variance, epsilon)));
  return add(mul(x, factor), sub(offset, mul(statistics.mean, factor)));
}

function gradients(dy: Tensor, kept: Tensor[], attributes: BatchNormalizationAttributes): Tensor[] {
  const [x, scale, offset, saved0, saved1] = kept as [Tensor, Tensor, Tensor, Tensor, Tensor];
  if (engine().isTapeOn()) {
    const formula = (...inputs: Tensor[]) => byFormula(inputs[0]!, inputs[1]!, inputs[2]!, attributes.epsilon);
    return grads(formula)([x, scale, offset], dy);
  }
  const inputs = { dy, x, scale, saved0, saved1 };
  return engine().runKernel(BATCH_NORMALIZATION_GRADIENT, inputs, { ...attributes });
}

function byFormula(x: Tensor, scale: Tensor, offset: Tensor, epsilon: number): Tensor {
  const axes = [0, 1, 2];
  const centered = sub(x, mean(x, axes, true));
  const inverse = rsqrt(add(mean(square(centered), axes, true), epsilon));
  return add(mul(centered, mul(inverse, scale)), offset);
}

function asImages(x: Tensor): Tensor4D {
  return x.rank === 4 ? (x as Tensor4D) : reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);
}

function checkChannels(x: Tensor, parameters: Readonly<Record<string, Tensor>>): void {
  if (x.rank !== 2 && x.rank !== 4) {
    throw new TypeError(`Batch normalization takes [batch, n] or [batch, height, width, n], not [${x.shape.join()}].`);
  }
  const channels = x.shape[x.rank - 1]!;
  for (const [name, { rank, shape }] of Object.entries(parameters)) {
    if (rank === 1 && shape[0] === channels) continue;
    throw new TypeError(`Batch normalization of ${channels} channels has a ${name} of shape [${shape.join()}].`);
  }
}
