import * as tf from '@tensorflow/tfjs-core';
import { sumTo } from './reduced';

/** y = (x − mean) / √(variance + ε) · scale + offset for given statistics; scale and offset may be absent. */
export const normalizationGradients: tf.GradConfig[] = [
  {
    kernelName: tf.FusedBatchNorm,
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc: (dy, saved, { varianceEpsilon }) => {
      const [x, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const scale = saved[3] as tf.Tensor | undefined;
      const gradient = dy as tf.Tensor;
      const inverse = tf.rsqrt(tf.add(variance, varianceEpsilon as number));
      const slope = () => (scale ? tf.mul(inverse, scale) : inverse);
      const alongNormalized = () => tf.mul(gradient, tf.mul(tf.sub(x, mean), inverse));
      return {
        x: () => tf.mul(gradient, slope()),
        mean: () => tf.neg(sumTo(tf.mul(gradient, slope()), mean.shape)),
        variance: () => {
          const halved = tf.mul(tf.mul(slope(), tf.square(inverse)), -0.5);
          return tf.mul(sumTo(tf.mul(gradient, tf.sub(x, mean)), mean.shape), halved);
        },
        scale: () => sumTo(alongNormalized(), mean.shape),
        offset: () => sumTo(gradient.clone(), mean.shape),
      };
    },
  },
];
