import * as tf from '@tensorflow/tfjs-core';
import * as names from '../ops/kernels/names';
import { detached, reattached } from './tape';

/**
 * Activations and their gradient kernels. A smooth activation's gradient is a function of dy and of its output y (or input x),
 * and so has a gradient of its own; the gradient of a piecewise linear one depends on dy alone wherever it has a second
 * derivative.
 */
export const activationGradients: tf.GradConfig[] = [
  ...smooth(tf.Tanh, names.TANH_GRADIENT, (y) => tf.mul(y, -2)),
  ...smooth(tf.Sigmoid, names.SIGMOID_GRADIENT, (y) => tf.sub(1, tf.mul(y, 2))),
  ...smooth(tf.Elu, names.ELU_GRADIENT, below(0)),
  ...smooth(tf.Selu, names.SELU_GRADIENT, below(0)),
  ...piecewiseLinear(tf.Relu, names.RELU_GRADIENT),
  ...piecewiseLinear(tf.Relu6, names.RELU6_GRADIENT),
  {
    kernelName: tf.Softplus,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => gradient(names.SOFTPLUS_GRADIENT, { dy: dy as tf.Tensor, x: x! }) }),
  },
  {
    kernelName: names.SOFTPLUS_GRADIENT,
    inputsToSave: ['dy', 'x'],
    gradFunc: (ddx, [dy, x]) => ({
      dy: () => gradient(names.SOFTPLUS_GRADIENT, { dy: ddx as tf.Tensor, x: x! }),
      x: () => {
        const slope = tf.sigmoid(x!);
        return tf.mul(tf.mul(ddx as tf.Tensor, dy!), tf.mul(slope, tf.sub(1, slope)));
      },
    }),
  },
  {
    kernelName: tf.LeakyRelu,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { alpha }) => ({
      x: () => gradient(names.LEAKY_RELU_GRADIENT, { dy: dy as tf.Tensor, x: detached(x!) }, { alpha: alpha! }),
    }),
  },
  {
    kernelName: names.LEAKY_RELU_GRADIENT,
    inputsToSave: ['x'],
    gradFunc: (ddx, [x], { alpha }) => ({
      dy: () => gradient(names.LEAKY_RELU_GRADIENT, { dy: ddx as tf.Tensor, x: detached(x!) }, { alpha: alpha! }),
      x: () => tf.zerosLike(x!),
    }),
  },
];

/** y = f(x) with f' = s(y): `slopeOfSlope` is s'(y). */
function smooth(kernelName: string, gradientKernel: string, slopeOfSlope: (y: tf.Tensor) => tf.Tensor) {
  const configurations: tf.GradConfig[] = [
    {
      kernelName,
      inputsToSave: ['x'],
      outputsToSave: [true],
      gradFunc: (dy, [x, y]) => ({
        x: () => gradient(gradientKernel, { dy: dy as tf.Tensor, y: reattached(kernelName, 'x', x!, y!) }),
      }),
    },
    {
      kernelName: gradientKernel,
      inputsToSave: ['dy', 'y'],
      gradFunc: (ddx, [dy, y]) => ({
        dy: () => gradient(gradientKernel, { dy: ddx as tf.Tensor, y: y! }),
        y: () => tf.mul(tf.mul(ddx as tf.Tensor, dy!), slopeOfSlope(y!)),
      }),
    },
  ];
  return configurations;
}

/** A slope that is constant between kinks, where the sign of the output says which piece it is. */
function piecewiseLinear(kernelName: string, gradientKernel: string): tf.GradConfig[] {
  return [
    {
      kernelName,
      outputsToSave: [true],
      gradFunc: (dy, [y]) => ({ x: () => gradient(gradientKernel, { dy: dy as tf.Tensor, y: detached(y!) }) }),
    },
    {
      kernelName: gradientKernel,
      inputsToSave: ['y'],
      gradFunc: (ddx, [y]) => ({
        dy: () => gradient(gradientKernel, { dy: ddx as tf.Tensor, y: detached(y!) }),
        y: () => tf.zerosLike(y!),
      }),
    },
  ];
}

/** s(y) = y + constant below a bound, and constant above. */
function below(bound: number): (y: tf.Tensor) => tf.Tensor {
  return (y) => tf.cast(tf.less(detached(y), bound), 'float32');
}

function gradient(kernelName: string, inputs: tf.NamedTensorMap, attributes?: tf.NamedAttrMap): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs, attributes);
}
