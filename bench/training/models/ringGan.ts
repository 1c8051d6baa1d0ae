import * as tf from '@tensorflow/tfjs-core';
import { dense, type LayerScope } from '../../../src/models/layers';
import { adversarialLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';

/** Three dense layers with ReLU between them. */
export function ringNetwork(scope: LayerScope, name: string, x: tf.Tensor, outputs: number): tf.Tensor {
  const first = tf.relu(dense(scope, `${name}.0`, x, 128));
  return dense(scope, `${name}.2`, tf.relu(dense(scope, `${name}.1`, first, 128)), outputs);
}

/** The discriminator's loss on real points [batch, 2] and those that are generated. */
export function ringDiscriminatorLoss(scope: LayerScope, points: tf.Tensor, generated: tf.Tensor): tf.Scalar {
  const logits = (x: tf.Tensor) => ringNetwork(scope, 'discriminator', x, 1);
  return tf.add(adversarialLoss(logits(points), true), adversarialLoss(logits(generated), false));
}

/** Points on a ring of Gaussians; the discriminator's step, with fresh points of the generator. */
export const ringGan: BenchmarkModel = {
  name: 'ring-gan',
  title: 'ring GAN, D step',
  trains: { loss: 'discriminator.' },
  optimizer: adam(1e-3, 0.5),
  inputs: { points: { kind: 'ring', shape: [BATCH, 2] } },
  noise: { z: { kind: 'normal', shape: [BATCH, 32] } },
  step: (scope, { points }, { z }) => {
    const generated = ringNetwork(scope, 'generator', z!, 2);
    return { loss: () => ringDiscriminatorLoss(scope, points!, generated) };
  },
};
