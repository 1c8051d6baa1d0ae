import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, convolution, dense, flatten, leakyRelu, normal } from '../../../src/models/layers';
import { transposedConvolution, type LayerScope } from '../../../src/models/layers';
import { adversarialLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';

const LATENT = 100;
const start = { initialization: normal(0.02) } as const;
const HALVING = { kernel: 4, stride: 2 } as const;
/** Before a normalization, which has a bias of its own. */
const normalized = { ...HALVING, ...start, bias: false } as const;

/** z [batch, 100] → 7×7×64 → 14×14×32 → images [batch, 28, 28, 1] in [−1, 1] */
function generate(scope: LayerScope, z: tf.Tensor): tf.Tensor {
  let x: tf.Tensor = dense(scope, 'generator.projection', z, 7 * 7 * 64, { ...start, bias: false });
  x = tf.reshape(x, [z.shape[0]!, 7, 7, 64]);
  x = tf.relu(batchNorm(scope, 'generator.normalization.0', x, 'batch'));
  x = transposedConvolution(scope, 'generator.convolution.0', x, 32, normalized);
  x = tf.relu(batchNorm(scope, 'generator.normalization.1', x, 'batch'));
  return tf.tanh(transposedConvolution(scope, 'generator.convolution.1', x, 1, { ...HALVING, ...start }));
}

/** images [batch, 28, 28, 1] → 14×14×32 → 7×7×64 → logits [batch, 1] */
function discriminate(scope: LayerScope, images: tf.Tensor): tf.Tensor {
  const first = leakyRelu(convolution(scope, 'discriminator.convolution.0', images, 32, HALVING));
  const second = convolution(scope, 'discriminator.convolution.1', first, 64, normalized);
  const x = leakyRelu(batchNorm(scope, 'discriminator.normalization.1', second, 'batch'));
  return dense(scope, 'discriminator.logit', flatten(x), 1);
}

const shared = { optimizer: adam(2e-4, 0.5), noise: { z: { kind: 'normal', shape: [BATCH, LATENT] } } } as const;

/**
 * Radford et al. 2015 for 28×28 images at half its width: channels 64 → 32 in the generator and 32 → 64 in the
 * discriminator (64 and 128 in full). Real and generated images are normalized as batches of their own; no moving statistics.
 */
export const dcganDiscriminator: BenchmarkModel = {
  ...shared,
  name: 'dcgan-d',
  title: 'half-width DCGAN, D step',
  trains: { loss: 'discriminator.' },
  inputs: { images: { kind: 'signedBytes', shape: [BATCH, 28, 28, 1] } },
  step: (scope, { images }, { z }) => {
    const generated = generate(scope, z!);
    return {
      loss: () =>
        tf.add(
          adversarialLoss(discriminate(scope, images!), true),
          adversarialLoss(discriminate(scope, generated), false),
        ),
    };
  },
};

/** The same generator against the same discriminator, with the non-saturating loss (Goodfellow et al. 2014, section 3). */
export const dcganGenerator: BenchmarkModel = {
  ...shared,
  name: 'dcgan-g',
  title: 'half-width DCGAN, G step',
  trains: { loss: 'generator.' },
  inputs: {},
  step: (scope, _, { z }) => ({ loss: () => adversarialLoss(discriminate(scope, generate(scope, z!)), true) }),
};
