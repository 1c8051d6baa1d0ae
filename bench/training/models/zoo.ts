import * as tf from '@tensorflow/tfjs-core';
import { convolution, dense } from '../../../src/models/layers';
import { adam, type BenchmarkModel } from './model';

/** Operations that the other models lack, one after the other; it models nothing. */
export const zoo: BenchmarkModel = {
  name: 'zoo',
  title: 'rarely used operations',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bytes', shape: [64, 16, 16, 4] } },
  noise: {},
  twins: ['pytorch'],
  step: (scope, { images }) => ({
    loss: () => {
      const padded = tf.mirrorPad(images!, [[0, 0], [1, 1], [1, 1], [0, 0]], 'reflect'); // prettier-ignore
      const features = tf.elu(convolution(scope, 'convolution', padded, 8, { kernel: 3, padding: 'valid' }));
      const rows = tf.reshape(tf.maxPool(features, 2, 2, 'valid'), [64, 64, 8]);
      const sums = tf.div(tf.cumsum(rows, 1), 8);
      const weights = tf.softmax(tf.div(tf.einsum('bid,bjd->bij', rows, sums), 3));
      const attended = tf.einsum('bij,bjd->bid', weights, sums);
      const chosen = tf.gather(attended, tf.tensor1d([0, 5, 9, 63, 5], 'int32'), 1);
      const bent = tf.where(tf.greater(chosen, 0.5), tf.softplus(chosen), tf.square(chosen));
      const parts = [tf.tile(tf.max(bent, 1), [1, 2]), tf.logSumExp(bent, 1), tf.prod(tf.add(bent, 0.5), 1)];
      const joined = tf.concat([...parts, tf.reverse(tf.min(bent, 1), 1)], 1);
      const logits = dense(scope, 'logits', joined, 10);
      const first = tf.slice(tf.logSoftmax(logits), [0, 0], [64, 1]);
      return tf.sub(tf.mean<tf.Scalar>(tf.square(tf.clipByValue(joined, -1, 1))), tf.mean<tf.Scalar>(first));
    },
  }),
};
