import * as tf from '@tensorflow/tfjs-core';
import type { Program, ProgramFunction, Scope } from '../engine/program';
import { NOISE_INPUT } from '../engine/program';
import type { ConditionalVaeSpecification, VaeSpecification } from '../protocol/specification';
import type { Presentation } from '../protocol/run';
import { SIZES, evaluationInputs, labelsInput, learningRate, shown, soleOptimizer, trainingInputs } from './context';
import type { ModelContext } from './context';
import { gaussianLogLikelihood, klFromStandardNormal, standardNormalLogLikelihood } from './distributions';
import { imagesInput, toImages, toPixels, weightedSum, weightedSums } from './images';
import { createDecoder } from './likelihoods';
import type { Model } from './model';
import { decoderNetwork, encoderNetwork } from './networks';
import { oneHot } from './oneHot';

/**
 * The variational autoencoder of Kingma & Welling, "Auto-Encoding Variational Bayes" (2013), and the β-VAE of Higgins
 * et al. (2017) for β ≠ 1.
 *
 *   p(z) = N(0, I),   p(x|z): Bernoulli or Gaussian pixels whose parameters a network computes from z
 *   q(z|x) = N(μ(x), diag σ²(x)),   z = μ + σ ε with ε ~ N(0, I)                                  (section 2.4)
 *   −ELBO = −1/L Σₗ log p(x|zₗ)  +  ½ Σⱼ (μⱼ² + σⱼ² − 1 − log σⱼ²)                                (equation 10)
 *            `reconstruction`        `kl`
 *   loss  = reconstruction + β kl
 *
 * Reported in nats per image: sums over pixels and latent dimensions, means over the batch. `negative_elbo` never
 * contains β, so that runs with different β can be compared.
 */
export function createVae(specification: VaeSpecification, context: ModelContext): Model {
  return variationalAutoencoder(specification, context);
}

/**
 * The same for both VAEs. With `classes` both networks are also given the image's label y (see ./cvae.ts): where it says x
 * above, read x, y for the encoder; where it says z, read z, y for the decoder.
 */
export function variationalAutoencoder(
  specification: VaeSpecification | ConditionalVaeSpecification,
  context: ModelContext,
  classes = 0,
): Model {
  const { imageShape, training } = context;
  const { latent, samples } = specification;
  const encoder = encoderNetwork(specification.network, imageShape, latent, classes);
  const meanHead = encoder.head('mean');
  const logVarianceHead = encoder.head('log_variance');
  const decoder = createDecoder(
    specification.decoder,
    decoderNetwork(specification.network, imageShape, latent, classes),
  );
  const variables = [
    ...encoder.trunk.variables,
    ...meanHead.variables,
    ...logVarianceHead.variables,
    ...decoder.variables,
  ];

  /** `labels` among the inputs of a function of so many images, where the model takes them. */
  const withLabels = (count: number): ProgramFunction['inputs'] =>
    classes === 0 ? {} : { labels: labelsInput(count, classes) };
  /** One-hot, [batch, classes]; undefined without classes. */
  const condition = ({ labels }: Inputs) => (classes === 0 ? undefined : oneHot(labels as tf.Tensor1D, classes));

  /** q(z|x): images [batch, …] → mean and log-variance [batch, latent] */
  function posterior(scope: Scope, images: tf.Tensor, y: tf.Tensor | undefined): Posterior {
    const hidden = encoder.trunk.apply(scope, images, y);
    return { mean: meanHead.apply(scope, hidden, y), logVariance: logVarianceHead.apply(scope, hidden, y) };
  }

  /** z = μ + σ ε: [count, batch, latent] for ε of that shape */
  function reparameterize(q: Posterior, epsilon: tf.Tensor): tf.Tensor {
    return tf.add(q.mean, tf.mul(tf.exp(tf.mul(q.logVariance, 0.5)), epsilon));
  }

  /** p(x|z) for z [count, batch, latent]; its log-likelihood is [count, batch] */
  const decode = (scope: Scope, z: tf.Tensor, y: tf.Tensor | undefined) =>
    decoder.decode(scope, tf.reshape(z, [-1, latent]), y && tf.tile(y, [z.shape[0]!, 1]));

  /** The two terms of −ELBO for each image: reconstruction [batch], kl [batch, latent]. */
  function bound(scope: Scope, inputs: Inputs, stream: number): Bound {
    const images = inputs.images!;
    const y = condition(inputs);
    const q = posterior(scope, images, y);
    const z = reparameterize(q, scope.normal(inputs.noise as tf.Tensor1D, stream, [samples, ...q.mean.shape]));
    const logLikelihood = decode(scope, z, y).logLikelihood(toPixels(images));
    return { q, reconstruction: tf.neg(tf.mean(logLikelihood, 0)), kl: klFromStandardNormal(q.mean, q.logVariance) };
  }

  const hyperparameters = {
    learningRate: learningRate(context),
    beta: { title: 'β', value: specification.beta, minimum: 0, maximum: 10_000 },
  };

  const train: ProgramFunction = {
    inputs: { ...trainingInputs(context, hyperparameters), ...withLabels(training.batch) },
    body: (scope, inputs) =>
      scope.minimize(
        training.optimizer.kind,
        () => {
          const terms = bound(scope, inputs, STREAMS.train);
          const reconstruction = tf.mean<tf.Scalar>(terms.reconstruction);
          const kl = tf.mean<tf.Scalar>(tf.sum(terms.kl, -1));
          return {
            loss: tf.add(reconstruction, tf.mul(inputs.beta as tf.Scalar, kl)),
            negative_elbo: tf.add(reconstruction, kl),
            reconstruction,
            kl,
          };
        },
        inputs.learningRate as tf.Scalar,
      ),
  };

  const evaluate: ProgramFunction = {
    inputs: { ...evaluationInputs(context, hyperparameters), ...withLabels(SIZES.evaluate) },
    body: (scope, inputs) => {
      const weights = inputs.weights!;
      const terms = bound(scope, inputs, STREAMS.evaluate);
      const reconstruction = weightedSum(weights, terms.reconstruction);
      const klPerDimension = weightedSums(weights, terms.kl);
      const kl = tf.sum(klPerDimension);
      return {
        loss: tf.add(reconstruction, tf.mul(inputs.beta!, kl)),
        negative_elbo: tf.add(reconstruction, kl),
        reconstruction,
        kl,
        klPerDimension,
        posteriorMean: weightedSums(weights, terms.q.mean),
        posteriorMeanSquare: weightedSums(weights, tf.square(terms.q.mean)),
      };
    },
  };

  const reconstruct: ProgramFunction = {
    inputs: { images: imagesInput(SIZES.reconstruct, imageShape), ...withLabels(SIZES.reconstruct) },
    body: (scope, inputs) => {
      const y = condition(inputs);
      const { mean } = posterior(scope, inputs.images!, y);
      return { images: toImages(decoder.decode(scope, mean, y).mean(), imageShape) };
    },
  };

  const sample: ProgramFunction = {
    inputs: { noise: NOISE_INPUT, ...withLabels(SIZES.sample) },
    body: (scope, inputs) => {
      const z = scope.normal(inputs.noise as tf.Tensor1D, STREAMS.prior, [SIZES.sample, latent]);
      return { images: toImages(decoder.decode(scope, z, condition(inputs)).mean(), imageShape) };
    },
  };

  const encode: ProgramFunction = {
    inputs: { images: imagesInput(SIZES.encode, imageShape), ...withLabels(SIZES.encode) },
    body: (scope, inputs) => ({ ...posterior(scope, inputs.images!, condition(inputs)) }),
  };

  const decodeLatent: ProgramFunction = {
    inputs: { latent: { shape: [SIZES.decode, latent], dtype: 'float32' }, ...withLabels(SIZES.decode) },
    body: (scope, inputs) => ({
      images: toImages(decoder.decode(scope, inputs.latent!, condition(inputs)).mean(), imageShape),
    }),
  };

  /** log w = log p(x|z) + log p(z) − log q(z|x) for z ~ q(z|x) (Burda et al. 2015, equation 8): [samples, batch] */
  const importance: ProgramFunction = {
    inputs: {
      images: imagesInput(SIZES.importance.batch, imageShape),
      noise: NOISE_INPUT,
      ...withLabels(SIZES.importance.batch),
    },
    body: (scope, inputs) => {
      const images = inputs.images!;
      const y = condition(inputs);
      const q = posterior(scope, images, y);
      const shape = [SIZES.importance.samples, ...q.mean.shape];
      const z = reparameterize(q, scope.normal(inputs.noise as tf.Tensor1D, STREAMS.importance, shape));
      const logJoint = tf.add(decode(scope, z, y).logLikelihood(toPixels(images)), standardNormalLogLikelihood(z));
      const logPosterior = gaussianLogLikelihood(z, q.mean, tf.mul(q.logVariance, 0.5));
      return { logWeights: tf.sub(logJoint, logPosterior) };
    },
  };

  const program: Program = {
    variables,
    optimizers: soleOptimizer(context, variables),
    functions: {
      train,
      ...shown(context, { evaluate, reconstruct, sample, encode, decode: decodeLatent, importance }),
    },
  };
  return {
    family: specification.family,
    program,
    presentation: presentation(specification, context.dataTitle),
    imageShape,
    hyperparameters,
    schedule: () => ['train'],
    stepFunctions: ['train'],
    abilities: {
      evaluate: {
        function: 'evaluate',
        vectors: { klPerDimension: 'latent/kl/' },
        moments: { mean: 'posteriorMean', square: 'posteriorMeanSquare' },
      },
      reconstruct: { function: 'reconstruct', count: SIZES.reconstruct },
      sample: { function: 'sample', count: SIZES.sample },
      encode: { function: 'encode', batch: SIZES.encode, latent, variance: true },
      decode: { function: 'decode', count: SIZES.decode, latent },
      importance: { function: 'importance', ...SIZES.importance },
      labels: classes === 0 ? undefined : { classes },
    },
  };
}

/** Streams keep the draws of a program's functions independent where (seed, counter) happen to agree. */
const STREAMS = { train: 0, evaluate: 1, prior: 2, importance: 3 } as const;

type Inputs = Readonly<Record<string, tf.Tensor>>;

interface Posterior {
  readonly mean: tf.Tensor;
  readonly logVariance: tf.Tensor;
}

interface Bound {
  readonly q: Posterior;
  readonly reconstruction: tf.Tensor;
  readonly kl: tf.Tensor;
}

function presentation(specification: VaeSpecification | ConditionalVaeSpecification, dataTitle: string): Presentation {
  const chart = (title: string, name: string) => ({
    title,
    unit: 'nats per image',
    series: [
      { tag: `train/${name}`, label: 'train' },
      { tag: `test/${name}`, label: 'test' },
    ],
  });
  return {
    family: specification.family,
    title: `${specification.family === 'cvae' ? 'Conditional ' : ''}${specification.beta === 1 ? 'VAE' : 'β-VAE'} · ${dataTitle}`,
    headline: { tag: 'test/negative_elbo', label: '−ELBO', mode: 'min' },
    charts: [chart('−ELBO', 'negative_elbo'), chart('Reconstruction', 'reconstruction'), chart('KL', 'kl')],
    images: [
      { tag: 'reconstructions', label: 'Reconstructions' },
      { tag: 'samples', label: 'Samples' },
    ],
    bars: [
      {
        prefix: 'latent/kl/',
        count: specification.latent,
        title: 'KL per latent dimension',
        unit: 'nats',
        activeAbove: 0.01,
      },
    ],
  };
}
