import * as tf from '@tensorflow/tfjs-core';
import { addBias, batchNormalization, sigmoidCrossEntropy } from '../../../src/engine/ops';
import { BATCH_NORMALIZATION_EPSILON, LEAK, type Operations } from './operations';

/** With the kernels of the engine. */
export function engineOperations(): Operations {
  return {
    addBias: (x, bias) => addBias(x, bias as tf.Tensor1D),
    sigmoidCrossEntropy,
    batchNormalization: (x, scale, offset) => {
      const parameters = [scale, offset] as [tf.Tensor1D, tf.Tensor1D];
      return batchNormalization(x, ...parameters, BATCH_NORMALIZATION_EPSILON).output;
    },
    leakyRelu: (x) => tf.leakyRelu(x, LEAK),
    // Created in every call: a program's function may not keep tensors.
    constant: (_name, shape, values) => tf.tensor(values, [...shape]),
  };
}
