import * as tf from '@tensorflow/tfjs-core';
import { affine, type AffineOptions } from './affine';
import type { LayerScope } from './variables';

export interface ConvolutionOptions extends AffineOptions {
  /** Side of the kernel, or its [height, width]. */
  readonly kernel: number | readonly [number, number];
  /** 1 by default. */
  readonly stride?: number;
  /** SAME (the default) pads with zeros so that stride 1 keeps the size; VALID does not pad. */
  readonly padding?: 'same' | 'valid';
}

/**
 * 2-D convolution (in the field's sense: a correlation), [batch, h, w, inputs] → [batch, ⌈h / stride⌉, ⌈w / stride⌉, outputs],
 * or with VALID padding ⌈(h − kernel + 1) / stride⌉. The kernel is stored as `<name>.kernel` [height, width, inputs, outputs].
 */
export function convolution(
  scope: LayerScope,
  name: string,
  x: tf.Tensor,
  outputs: number,
  { kernel: side, stride = 1, padding = 'same', ...options }: ConvolutionOptions,
): tf.Tensor4D {
  const [height, width] = sides(side);
  const inputs = x.shape[3]!;
  const fans = { inputs: height * width * inputs, outputs: height * width * outputs };
  const layer = { ...options, name, kernel: [height, width, inputs, outputs], fans };
  return affine(scope, layer, (kernel) =>
    tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, padding),
  ) as tf.Tensor4D;
}

export interface TransposedConvolutionOptions extends ConvolutionOptions {
  /**
   * [height, width] of the output, where it is not `stride` times the input's: with SAME padding, an odd and an even size are
   * made half by the same convolution.
   */
  readonly size?: readonly [number, number];
}

/**
 * The transpose of {@link convolution}, also known as a deconvolution: [batch, h, w, inputs] → [batch, stride · h, stride · w,
 * outputs], or with VALID padding stride · (h − 1) + kernel. The kernel is stored as `<name>.kernel` [height, width, outputs,
 * inputs].
 */
export function transposedConvolution(
  scope: LayerScope,
  name: string,
  x: tf.Tensor,
  outputs: number,
  { kernel: side, stride = 1, padding = 'same', size, ...options }: TransposedConvolutionOptions,
): tf.Tensor4D {
  const [height, width] = sides(side);
  const [batch, rows, columns, inputs] = x.shape as [number, number, number, number];
  const length = (input: number, kernel: number) =>
    padding === 'same' ? stride * input : stride * (input - 1) + kernel;
  const [outRows, outColumns] = size ?? [length(rows, height), length(columns, width)];
  // The stride lets only part of the kernel's positions meet in one output.
  const fans = {
    inputs: (height / stride) * (width / stride) * inputs,
    outputs: height * width * outputs,
  };
  const layer = { ...options, name, kernel: [height, width, outputs, inputs], outputsAxis: 2, fans };
  return affine(scope, layer, (kernel) =>
    tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, [batch, outRows, outColumns, outputs], stride, padding),
  ) as tf.Tensor4D;
}

const sides = (side: ConvolutionOptions['kernel']): readonly [number, number] =>
  typeof side === 'number' ? [side, side] : side;
