import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../../../src/engine/ops';
import {
  bernoulliLogLikelihood,
  gaussianLogLikelihood,
  standardNormalLogLikelihood,
} from '../../../src/models/distributions';
import { convolution, dense, transposedConvolution, variable, type LayerScope } from '../../../src/models/layers';
import { reparameterize } from '../../../src/models/posteriors';
import { BATCH, adam, type BenchmarkModel } from './model';

const HALVING = { kernel: 4, stride: 2 } as const;
const CODES = 512;
const SIZE = 64;
const DECAY = 0.99;

/** Each row of z [n, size] → its nearest code, and the moving averages of the codebook follow (van den Oord et al. 2017, A.1). */
function quantized(scope: LayerScope, z: tf.Tensor2D): tf.Tensor2D {
  const start = { normal: { kind: 'normal', deviation: 0.05 }, one: { kind: 'constant', value: 1 } } as const;
  const state = (name: string, shape: number[], initializer: (typeof start)[keyof typeof start]) =>
    variable(scope, { name: `codebook.${name}`, shape, initializer, trained: false });
  const sum = state('sum', [CODES, SIZE], start.normal) as tf.Tensor2D;
  const count = state('count', [CODES, 1], start.one) as tf.Tensor2D;
  const codes = tf.div<tf.Tensor2D>(sum, count);
  // The square of z is the same for all codes.
  const distances = tf.sub(tf.sum(tf.square(codes), 1), tf.mul(tf.matMul(z, codes, false, true), 2));
  const chosen = tf.cast(tf.oneHot(tf.argMin(distances, 1) as tf.Tensor1D, CODES), 'float32') as tf.Tensor2D;
  const moved = (old: tf.Tensor, now: tf.Tensor) => tf.add(tf.mul(old, DECAY), tf.mul(now, 1 - DECAY));
  scope.assign('codebook.sum', moved(sum, tf.matMul(chosen, z, true)));
  scope.assign('codebook.count', moved(count, tf.reshape(tf.sum(chosen, 0), [CODES, 1])));
  return tf.matMul(chosen, codes);
}

/** van den Oord et al. 2017 for 28×28×1: 7×7 codes of 512 in 64 dimensions. */
export const vqVae: BenchmarkModel = {
  name: 'vq-vae',
  title: 'VQ-VAE, codebook by moving averages',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bytes', shape: [BATCH, 28, 28, 1] } },
  noise: {},
  twins: ['pytorch'],
  step: (scope, { images }) => ({
    loss: () => {
      const x = tf.relu(convolution(scope, 'encoder.convolution.0', images!, 32, HALVING));
      const y = tf.relu(convolution(scope, 'encoder.convolution.1', x, 64, HALVING));
      const z = convolution(scope, 'encoder.codes', y, SIZE, { kernel: 1 });
      const code = tf.reshape(quantized(scope, stopGradient(tf.reshape(z, [-1, SIZE]))), z.shape);
      const through = tf.add(z, stopGradient(tf.sub(code, z)));
      const up = tf.relu(transposedConvolution(scope, 'decoder.convolution.0', through, 32, HALVING));
      const mean = transposedConvolution(scope, 'decoder.mean', up, 1, HALVING);
      const error = tf.mean<tf.Scalar>(tf.squaredDifference(images!, mean));
      return tf.add(error, tf.mul(tf.mean<tf.Scalar>(tf.squaredDifference(z, stopGradient(code))), 0.25));
    },
  }),
};

const SAMPLES = 50;

/** Burda et al. 2015, equation 8 with k = 50: 784-200-200-50 and back, tanh, batch 20. */
export const iwae: BenchmarkModel = {
  name: 'iwae',
  title: 'IWAE, k = 50',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bits', shape: [20, 784] } },
  noise: { epsilon: { kind: 'normal', shape: [SAMPLES, 20, 50] } },
  twins: ['pytorch'],
  step: (scope, { images }, { epsilon }) => ({
    loss: () => {
      const hidden = (name: string, x: tf.Tensor) =>
        tf.tanh(dense(scope, `${name}.1`, tf.tanh(dense(scope, `${name}.0`, x, 200)), 200));
      const seen = hidden('encoder', images!);
      const mean = dense(scope, 'encoder.mean', seen, 50);
      const logVariance = dense(scope, 'encoder.log_variance', seen, 50);
      const z = reparameterize({ mean, logVariance }, epsilon!);
      const logits = dense(scope, 'decoder.logits', hidden('decoder', tf.reshape(z, [-1, 50])), 784);
      const logLikelihood = bernoulliLogLikelihood(images!, tf.reshape(logits, [SAMPLES, 20, 784]));
      const logPosterior = gaussianLogLikelihood(z, mean, tf.mul(logVariance, 0.5));
      const logWeights = tf.sub(tf.add(logLikelihood, standardNormalLogLikelihood(z)), logPosterior);
      return tf.sub(Math.log(SAMPLES), tf.mean<tf.Scalar>(tf.logSumExp(logWeights, 0)));
    },
  }),
};

/** Dinh et al. 2017: four affine couplings of alternating halves, 256 hidden units each. */
export const realNvp: BenchmarkModel = {
  name: 'real-nvp',
  title: 'RealNVP, 4 couplings',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bytes', shape: [BATCH, 784] } },
  noise: {},
  twins: ['pytorch'],
  step: (scope, { images }) => ({
    loss: () => {
      let [kept, changed] = tf.split(images!, 2, 1) as [tf.Tensor, tf.Tensor];
      let logDeterminant: tf.Tensor = tf.zeros([BATCH]);
      for (const index of [0, 1, 2, 3]) {
        const hidden = tf.relu(dense(scope, `coupling.${index}.hidden`, kept, 256));
        const logScale = tf.tanh(dense(scope, `coupling.${index}.log_scale`, hidden, 392));
        const shift = dense(scope, `coupling.${index}.shift`, hidden, 392);
        [kept, changed] = [tf.add(tf.mul(changed, tf.exp(logScale)), shift), kept];
        logDeterminant = tf.add(logDeterminant, tf.sum(logScale, 1));
      }
      const logPrior = standardNormalLogLikelihood(tf.concat([kept, changed], 1));
      return tf.neg(tf.mean<tf.Scalar>(tf.add(logPrior, logDeterminant)));
    },
  }),
};
