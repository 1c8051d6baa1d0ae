import * as tf from '@tensorflow/tfjs-core';
import { adversarialLoss } from './dcgan';
import { dense, denseVariables, trainedNames } from './layers';
import { BATCH, adam, type BenchmarkModel, type StepParts } from './model';

const variables = [
  ...denseVariables('generator.0', 32, 128),
  ...denseVariables('generator.1', 128, 128),
  ...denseVariables('generator.2', 128, 2),
  ...denseVariables('discriminator.0', 2, 128),
  ...denseVariables('discriminator.1', 128, 128),
  ...denseVariables('discriminator.2', 128, 1),
];

/** Three dense layers with ReLU between them. */
function network(parts: StepParts, name: string, x: tf.Tensor): tf.Tensor {
  const hidden = tf.relu(dense(parts, `${name}.1`, tf.relu(dense(parts, `${name}.0`, x))));
  return dense(parts, `${name}.2`, hidden);
}

/** Points on a ring of Gaussians; the discriminator's step, with fresh points of the generator. */
export const ringGan: BenchmarkModel = {
  name: 'ring-gan',
  title: 'ring GAN, D step',
  variables,
  trained: trainedNames(variables, 'discriminator.'),
  optimizer: adam(1e-3, 0.5),
  inputs: { points: { kind: 'ring', shape: [BATCH, 2] } },
  noise: { z: { kind: 'normal', shape: [BATCH, 32] } },
  step: (parts) => {
    const generated = network(parts, 'generator', parts.noise.z!);
    return () =>
      tf.add(
        adversarialLoss(parts, network(parts, 'discriminator', parts.inputs.points!), true),
        adversarialLoss(parts, network(parts, 'discriminator', generated), false),
      );
  },
};
