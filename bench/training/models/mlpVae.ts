import * as tf from '@tensorflow/tfjs-core';
import { dense } from '../../../src/models/layers';
import { reparameterize } from '../../../src/models/posteriors';
import { bernoulliLoss, klLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';

/** Kingma & Welling 2013 at the size of PyTorch's example: 784-400-20-400-784, ReLU, Bernoulli pixels. */
export const mlpVae: BenchmarkModel = {
  name: 'mlp-vae',
  title: 'MLP VAE 784-400-20',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bytes', shape: [BATCH, 784] } },
  noise: { epsilon: { kind: 'normal', shape: [BATCH, 20] } },
  step: (scope, { images }, { epsilon }) => ({
    loss: () => {
      const hidden = tf.relu(dense(scope, 'encoder.hidden', images!, 400));
      const mean = dense(scope, 'encoder.mean', hidden, 20);
      const logVariance = dense(scope, 'encoder.log_variance', hidden, 20);
      const z = reparameterize({ mean, logVariance }, epsilon!);
      const logits = dense(scope, 'decoder.logits', tf.relu(dense(scope, 'decoder.hidden', z, 400)), 784);
      return tf.add(bernoulliLoss(images!, logits), klLoss({ mean, logVariance }));
    },
  }),
};
