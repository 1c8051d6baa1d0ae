import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, convolution, dense, flatten, leakyRelu, spectralNorm } from '../../../src/models/layers';
import { transposedConvolution, type LayerScope } from '../../../src/models/layers';
import { adversarialLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';
import { critic, criticLoss } from './wganGp';

const HALVING = { kernel: 4, stride: 2 } as const;
const IMAGES = { kind: 'signedBytes', shape: [BATCH, 28, 28, 1] } as const;

/** 28×28×1 → 32 → 64 → 1 with spectral normalization in every layer (Miyato et al. 2018). */
function normalizedCritic(scope: LayerScope, images: tf.Tensor, update: boolean): tf.Tensor {
  const by = (name: string) => ({ parametrization: spectralNorm(scope, name, { update }) });
  const layer = (name: string, x: tf.Tensor, count: number) =>
    leakyRelu(convolution(scope, name, x, count, { ...HALVING, ...by(name) }));
  const x = layer('critic.convolution.1', layer('critic.convolution.0', images, 32), 64);
  return dense(scope, 'critic.value', flatten(x), 1, by('critic.value'));
}

/** The critic's hinge loss (Lim & Ye 2017); the generated images are data. */
export const snGan: BenchmarkModel = {
  name: 'sn-gan',
  title: 'SN-GAN, D step',
  optimizer: adam(2e-4, 0.5),
  inputs: { images: IMAGES, generated: IMAGES },
  noise: {},
  twins: ['pytorch'],
  step: (scope, { images, generated }) => ({
    loss: () => {
      const real = normalizedCritic(scope, images!, true);
      const fake = normalizedCritic(scope, generated!, false);
      return tf.add(tf.mean<tf.Scalar>(tf.relu(tf.sub(1, real))), tf.mean<tf.Scalar>(tf.relu(tf.add(1, fake))));
    },
  }),
};

function perceptron(scope: LayerScope, name: string, x: tf.Tensor, outputs: number): tf.Tensor {
  return dense(scope, `${name}.1`, leakyRelu(dense(scope, `${name}.0`, x, 400)), outputs);
}

/** Rosca et al. 2017: encoder and generator, a discriminator of images and one of codes; three optimizers in one step. */
export const alphaGan: BenchmarkModel = {
  name: 'alpha-gan',
  title: 'α-GAN, all three updates',
  trains: { autoencoder: 'autoencoder.', images: 'images.', codes: 'codes.' },
  optimizer: adam(2e-4, 0.5),
  inputs: { images: { kind: 'bytes', shape: [BATCH, 784] } },
  noise: { z: { kind: 'normal', shape: [BATCH, 20] } },
  twins: ['pytorch'],
  step: (scope, { images }, { z }) => {
    const encode = (x: tf.Tensor) => perceptron(scope, 'autoencoder.encoder', x, 20);
    const generate = (code: tf.Tensor) => tf.sigmoid(perceptron(scope, 'autoencoder.generator', code, 784));
    const judge = (name: 'images' | 'codes', x: tf.Tensor, real: boolean) =>
      adversarialLoss(perceptron(scope, name, x, 1), real);
    const code = encode(images!);
    const [reconstructed, sampled] = [generate(code), generate(z!)];
    return {
      autoencoder: () => {
        const inside = encode(images!);
        const again = generate(inside);
        const error = tf.mul(tf.mean<tf.Scalar>(tf.abs(tf.sub(images!, again))), 10);
        const judged = [
          judge('images', again, true),
          judge('images', generate(z!), true),
          judge('codes', inside, true),
        ];
        return tf.addN([error, ...judged]) as tf.Scalar;
      },
      images: () =>
        tf.addN([
          tf.mul(judge('images', images!, true), 2),
          judge('images', reconstructed, false),
          judge('images', sampled, false),
        ]) as tf.Scalar,
      codes: () => tf.add(judge('codes', z!, true), judge('codes', code, false)),
    };
  },
};

const SIDE = [32, 64, 64, 3];

/** z [batch, 128] → 8×8×256 → 16×16×128 → 32×32×64 → 64×64×3 in [−1, 1] */
function generator64(scope: LayerScope, z: tf.Tensor, norm: boolean): tf.Tensor {
  const active = (index: number, x: tf.Tensor) =>
    tf.relu(norm ? batchNorm(scope, `generator.normalization.${index}`, x, 'batch') : x);
  let x: tf.Tensor = dense(scope, 'generator.projection', z, 8 * 8 * 256);
  x = active(0, tf.reshape(x, [z.shape[0]!, 8, 8, 256]));
  for (const [index, count] of [128, 64].entries()) {
    x = active(index + 1, transposedConvolution(scope, `generator.convolution.${index}`, x, count, HALVING));
  }
  return tf.tanh(transposedConvolution(scope, 'generator.convolution.2', x, 3, HALVING));
}

/** The critic's step with a generator's forward pass, as photographs are trained. */
function wganGp64(name: string, title: string, norm: boolean): BenchmarkModel {
  return {
    name,
    title,
    trains: { loss: 'critic.' },
    optimizer: adam(1e-4, 0, 0.9),
    inputs: { images: { kind: 'signedBytes', shape: SIDE } },
    noise: { z: { kind: 'normal', shape: [32, 128] }, mixture: { kind: 'uniform', shape: [32, 1, 1, 1] } },
    twins: ['pytorch'],
    step: (scope, { images }, { z, mixture }) => {
      const generated = generator64(scope, z!, norm);
      const f = (x: tf.Tensor) => critic(scope, x, [64, 128, 256]);
      return { loss: criticLoss(f, { real: images!, generated, mixture: mixture! }) };
    },
  };
}

export const wganGpPhotographs = wganGp64('wgan-gp-64', 'WGAN-GP, 64×64×3, critic step', false);
export const wganGpNormalized = wganGp64('wgan-gp-64-norm', 'the same, batch norm in the generator', true);
