import * as tf from '@tensorflow/tfjs-core';
import { ADD_BIAS, BIAS_GRADIENT } from '../ops/kernels/names';
import { broadcast } from './reduced';

/** y = x + bias along the last axis; the gradient of the bias sums over all others, and its gradient repeats along them. */
export const biasGradients: tf.GradConfig[] = [
  {
    kernelName: ADD_BIAS,
    gradFunc: (dy) => ({
      // A copy, since TensorFlow.js frees a gradient once it has added another to it.
      x: () => (dy as tf.Tensor).clone(),
      bias: () => tf.engine().runKernel(BIAS_GRADIENT, { dy: dy as tf.Tensor }),
    }),
  },
  {
    kernelName: BIAS_GRADIENT,
    inputsToSave: ['dy'],
    gradFunc: (ddb, [dy]) => ({
      dy: () => {
        const rank = dy!.rank;
        const repeated = tf.reshape(ddb as tf.Tensor, [...Array<number>(rank - 1).fill(1), dy!.shape[rank - 1]!]);
        return broadcast(repeated, dy!.shape);
      },
    }),
  },
];
