import * as tf from '@tensorflow/tfjs-core';
import { sumTo } from './reduced';

/** Products of matrices in the last two axes; the axes before broadcast, which TensorFlow.js' own gradient does not undo. */
export const matrixProductGradients: tf.GradConfig[] = [
  {
    kernelName: tf.BatchMatMul,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b], attributes) => {
      const gradient = dy as tf.Tensor;
      const { transposeA, transposeB } = attributes as unknown as tf.BatchMatMulAttrs;
      return {
        a: () => {
          const product = transposeA
            ? tf.matMul(b!, gradient, transposeB, true)
            : tf.matMul(gradient, b!, false, !transposeB);
          return sumTo(product, a!.shape);
        },
        b: () => {
          const product = transposeB
            ? tf.matMul(gradient, a!, true, transposeA)
            : tf.matMul(a!, gradient, !transposeA, false);
          return sumTo(product, b!.shape);
        },
      };
    },
  },
];
