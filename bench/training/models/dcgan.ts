import * as tf from '@tensorflow/tfjs-core';
import type { VariableDeclaration } from '../../../src/engine/program';
import { convolution, convolutionVariables, dense, denseVariables, trainedNames, transposed } from './layers';
import { BATCH, adam, type BenchmarkModel, type StepParts } from './model';

const LATENT = 100;
const TOP = [7, 7, 64] as const;
const normal = { kind: 'normal', deviation: 0.02 } as const;
const kernel = (name: string, shape: readonly number[]): VariableDeclaration => ({
  name: `${name}.kernel`,
  shape,
  initializer: normal,
});
const normalization = (name: string, channels: number): VariableDeclaration[] => [
  { name: `${name}.scale`, shape: [channels], initializer: { kind: 'constant', value: 1 } },
  { name: `${name}.offset`, shape: [channels], initializer: { kind: 'zeros' } },
];

/** Layers that are followed by batch normalization have no bias. */
const variables: readonly VariableDeclaration[] = [
  kernel('generator.projection', [LATENT, 7 * 7 * 64]),
  ...normalization('generator.normalization.0', 64),
  kernel('generator.convolution.0', [4, 4, 32, 64]),
  ...normalization('generator.normalization.1', 32),
  kernel('generator.convolution.1', [4, 4, 1, 32]),
  { name: 'generator.convolution.1.bias', shape: [1], initializer: { kind: 'zeros' } },
  ...convolutionVariables('discriminator.convolution.0', [4, 4], 1, 32),
  kernel('discriminator.convolution.1', [4, 4, 32, 64]),
  ...normalization('discriminator.normalization.1', 64),
  ...denseVariables('discriminator.logit', 7 * 7 * 64, 1),
];

function normalized({ operations, variable }: StepParts, name: string, x: tf.Tensor): tf.Tensor {
  return operations.batchNormalization(x, variable(`${name}.scale`), variable(`${name}.offset`));
}

/** z [batch, 100] → 7×7×64 → 14×14×32 → images [batch, 28, 28, 1] in [−1, 1] */
function generate(parts: StepParts): tf.Tensor {
  const { variable } = parts;
  const projected = tf.matMul(parts.noise.z as tf.Tensor2D, variable('generator.projection.kernel') as tf.Tensor2D);
  let x = tf.relu(normalized(parts, 'generator.normalization.0', tf.reshape(projected, [BATCH, ...TOP])));
  x = tf.relu(normalized(parts, 'generator.normalization.1', transposed(parts, 'generator.convolution.0', x)));
  const pixels = transposed(parts, 'generator.convolution.1', x);
  return tf.tanh(parts.operations.addBias(pixels, variable('generator.convolution.1.bias')));
}

/** images [batch, 28, 28, 1] → 14×14×32 → 7×7×64 → logits [batch, 1] */
function discriminate(parts: StepParts, images: tf.Tensor): tf.Tensor {
  const { operations, variable } = parts;
  let x = operations.leakyRelu(convolution(parts, 'discriminator.convolution.0', images, 2));
  x = tf.conv2d(x as tf.Tensor4D, variable('discriminator.convolution.1.kernel') as tf.Tensor4D, 2, 'same');
  x = operations.leakyRelu(normalized(parts, 'discriminator.normalization.1', x));
  return dense(parts, 'discriminator.logit', tf.reshape(x, [BATCH, 7 * 7 * 64]));
}

/** −log σ(l) or −log(1 − σ(l)), mean over the batch */
export function adversarialLoss({ operations }: Pick<StepParts, 'operations'>, logits: tf.Tensor, real: boolean) {
  const labels = real ? tf.onesLike(logits) : tf.zerosLike(logits);
  return tf.mean<tf.Scalar>(operations.sigmoidCrossEntropy(labels, logits));
}

const shared = {
  variables,
  optimizer: adam(2e-4, 0.5),
  noise: { z: { kind: 'normal', shape: [BATCH, LATENT] } },
} as const;

/**
 * Radford et al. 2015 for 28×28 images at half its width: channels 64 → 32 in the generator and 32 → 64 in the
 * discriminator (64 and 128 in full). Real and generated images are normalized as batches of their own; no moving statistics.
 */
export const dcganDiscriminator: BenchmarkModel = {
  ...shared,
  name: 'dcgan-d',
  title: 'half-width DCGAN, D step',
  trained: trainedNames(variables, 'discriminator.'),
  inputs: { images: { kind: 'signedBytes', shape: [BATCH, 28, 28, 1] } },
  step: (parts) => {
    const generated = generate(parts);
    return () =>
      tf.add(
        adversarialLoss(parts, discriminate(parts, parts.inputs.images!), true),
        adversarialLoss(parts, discriminate(parts, generated), false),
      );
  },
};

/** The same generator against the same discriminator, with the non-saturating loss (Goodfellow et al. 2014, section 3). */
export const dcganGenerator: BenchmarkModel = {
  ...shared,
  name: 'dcgan-g',
  title: 'half-width DCGAN, G step',
  trained: trainedNames(variables, 'generator.'),
  inputs: {},
  step: (parts) => () => adversarialLoss(parts, discriminate(parts, generate(parts)), true),
};
