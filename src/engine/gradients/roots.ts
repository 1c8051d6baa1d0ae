import * as tf from '@tensorflow/tfjs-core';
import { reattached } from './tape';

/** Functions of one number whose derivative follows from their value, which spares computing them again. */
export const rootGradients: tf.GradConfig[] = [
  fromOutput(tf.Exp, (y) => y),
  fromOutput(tf.Expm1, (y) => tf.add(y, 1)),
  fromOutput(tf.Sqrt, (y) => tf.div(0.5, y)),
  fromOutput(tf.Rsqrt, (y) => tf.mul(tf.mul(tf.square(y), y), -0.5)),
  fromOutput(tf.Reciprocal, (y) => tf.neg(tf.square(y))),
];

/** y = f(x) with f' = `slope`(y) */
function fromOutput(kernelName: string, slope: (y: tf.Tensor) => tf.Tensor): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y]) => ({ x: () => tf.mul(dy as tf.Tensor, slope(reattached(kernelName, 'x', x!, y!))) }),
  };
}
