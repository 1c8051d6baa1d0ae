import * as tf from '@tensorflow/tfjs-core';
import { addBias } from '../../engine/ops';
import { uniformFanIn, type Fans, type Initialization } from './initialization';
import { variable, type LayerScope } from './variables';

/** What all layers that multiply by a kernel have in common. */
export interface AffineOptions {
  /** How kernel and bias start; {@link uniformFanIn} by default. */
  readonly initialization?: Initialization;
  /** false before a batch normalization, which would subtract a bias again. */
  readonly bias?: boolean;
  /** The kernel that is used in place of the one that is learned: `masked(…)`, `spectralNorm(…)`. */
  readonly parametrization?: Parametrization;
  /**
   * c [batch, size], such as a one-hot label: adds c L to the output, to each pixel of a channel. A dense layer then is one of the
   * concatenation of x and c; a convolution is one with c as constant feature maps, save for the padding. L is stored as
   * `<name>.condition` [size, outputs] and starts as the kernel does.
   */
  readonly condition?: tf.Tensor;
}

/** Of a kernel, whose axis `outputs` counts the layer's outputs. */
export type Parametrization = (kernel: tf.Tensor, outputs: number) => tf.Tensor;

interface Affine extends AffineOptions {
  readonly name: string;
  readonly kernel: readonly number[];
  /** Which axis of the kernel counts outputs; the last one by default. */
  readonly outputsAxis?: number;
  readonly fans: Fans;
}

/** x * W + b + c L, where `multiply` computes x * W. */
export function affine(scope: LayerScope, layer: Affine, multiply: (kernel: tf.Tensor) => tf.Tensor): tf.Tensor {
  const { name, kernel: shape, fans, initialization = uniformFanIn, parametrization, bias = true, condition } = layer;
  const axis = layer.outputsAxis ?? shape.length - 1;
  const outputs = shape[axis]!;
  const start = initialization(fans);
  const kernel = variable(scope, { name: `${name}.kernel`, shape, initializer: start.kernel });
  const product = multiply(parametrization ? parametrization(kernel, axis) : kernel);
  const output = bias
    ? addBias(
        product,
        variable(scope, { name: `${name}.bias`, shape: [outputs], initializer: start.bias }) as tf.Tensor1D,
      )
    : product;
  if (condition === undefined) return output;
  const given = { name: `${name}.condition`, shape: [condition.shape[1]!, outputs], initializer: start.kernel };
  const shift = tf.matMul(condition as tf.Tensor2D, variable(scope, given) as tf.Tensor2D);
  const pixels = output.shape.slice(1, -1).map(() => 1);
  return tf.add(output, tf.reshape(shift, [output.shape[0]!, ...pixels, outputs]));
}
