import * as tf from '@tensorflow/tfjs-core';
import type { ProgramFunction, Scope } from '../engine/program';
import type { ConditionalVaeSpecification } from '../protocol/families/cvae';
import type { VaeSpecification } from '../protocol/families/vae';
import type { Presentation } from '../protocol/run';
import {
  evaluationInputs,
  learningRate,
  shown,
  SIZES,
  soleOptimizer,
  trainingInputs,
  type ModelContext,
} from './context';
import { klFromStandardNormal } from './distributions';
import { toPixels, weightedSum, weightedSums } from './images';
import * as lvm from './latentVariableModel';
import type { LatentVariableModel, Values } from './latentVariableModel';
import { createDecoder } from './likelihoods';
import { activeUnits, numbered, scalars, together } from './metrics';
import type { Model } from './model';
import { decoderNetwork, encoderNetwork } from './networks';
import { gaussianEncoder, reparameterize } from './posteriors';

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
  const { network, latent } = specification;
  const encoder = gaussianEncoder(encoderNetwork(network, context.imageShape, latent));
  const decoder = createDecoder(specification.decoder, decoderNetwork(network, context.imageShape, latent));
  return variationalAutoencoder(specification, context, {
    latent,
    variables: [...encoder.variables, ...decoder.variables],
    given: () => ({}),
    posterior: (scope, images) => encoder.encode(scope, images),
    likelihood: (scope, z) => decoder.decode(scope, z),
  });
}

/** Trains any model with a Gaussian q(z|x) by the bound. `kind` begins its title ("Conditional "). */
export function variationalAutoencoder(
  specification: VaeSpecification | ConditionalVaeSpecification,
  context: ModelContext,
  model: LatentVariableModel,
  kind = '',
): Model {
  /** The two terms of −ELBO for each image: reconstruction [batch], kl [batch, latent]. */
  function bound(scope: Scope, inputs: Values, stream: number) {
    const q = model.posterior(scope, inputs.images!, inputs);
    const epsilon = scope.normal(inputs.noise as tf.Tensor1D, stream, [specification.samples, ...q.mean.shape]);
    const p = lvm.decoded(model, scope, reparameterize(q, epsilon), inputs);
    const reconstruction = tf.neg(tf.mean(p.logLikelihood(toPixels(inputs.images!)), 0));
    return { q, reconstruction, kl: klFromStandardNormal(q.mean, q.logVariance) };
  }

  const hyperparameters = {
    learningRate: learningRate(context),
    beta: { title: 'β', value: specification.beta, minimum: 0, maximum: 10_000 },
  };

  const train: ProgramFunction = {
    inputs: { ...trainingInputs(context, hyperparameters), ...model.given(context.training.batch) },
    body: (scope, inputs) =>
      scope.minimize(
        context.training.optimizer.kind,
        () => {
          const terms = bound(scope, inputs, lvm.STREAMS.train);
          const reconstruction = tf.mean<tf.Scalar>(terms.reconstruction);
          const kl = tf.mean<tf.Scalar>(tf.sum(terms.kl, -1));
          const loss = tf.add<tf.Scalar>(reconstruction, tf.mul(inputs.beta as tf.Scalar, kl));
          return { loss, negative_elbo: tf.add(reconstruction, kl), reconstruction, kl };
        },
        inputs.learningRate as tf.Scalar,
      ),
  };

  const evaluate: ProgramFunction = {
    inputs: { ...evaluationInputs(context, hyperparameters), ...model.given(SIZES.evaluate) },
    body: (scope, inputs) => {
      const { q, ...terms } = bound(scope, inputs, lvm.STREAMS.evaluate);
      const reconstruction = weightedSum(inputs.weights!, terms.reconstruction);
      const klPerDimension = weightedSums(inputs.weights!, terms.kl);
      const kl = tf.sum(klPerDimension);
      return {
        ...{ loss: tf.add(reconstruction, tf.mul(inputs.beta!, kl)), negative_elbo: tf.add(reconstruction, kl) },
        ...{ reconstruction, kl, klPerDimension },
        posteriorMean: weightedSums(inputs.weights!, q.mean),
        posteriorMeanSquare: weightedSums(inputs.weights!, tf.square(q.mean)),
      };
    },
  };

  const measured = together(
    scalars,
    numbered('klPerDimension', 'latent/kl/'),
    activeUnits('posteriorMean', 'posteriorMeanSquare'),
  );
  const { variables } = model;
  return {
    family: specification.family,
    program: {
      variables,
      optimizers: soleOptimizer(context, variables),
      functions: { train, ...shown(context, { evaluate, ...lvm.latentVariableFunctions(model, context) }) },
    },
    data: { kind: 'image', shape: [...context.imageShape] },
    hyperparameters,
    phases: [{ name: 'train', function: 'train' }],
    metrics: [{ function: 'evaluate', finish: measured }],
    ...lvm.latentVariableParts(model),
    presentation: presentation(
      specification,
      `${kind}${specification.beta === 1 ? 'VAE' : 'β-VAE'} · ${context.dataTitle}`,
    ),
  };
}

function presentation({ family, latent }: VaeSpecification | ConditionalVaeSpecification, title: string): Presentation {
  const chart = (title: string, name: string) => ({
    title,
    unit: 'nats per image',
    series: [
      { tag: `train/${name}`, label: 'train' },
      { tag: `test/${name}`, label: 'test' },
    ],
  });
  return {
    family,
    title,
    headline: { tag: 'test/negative_elbo', label: '−ELBO', mode: 'min' },
    charts: [chart('−ELBO', 'negative_elbo'), chart('Reconstruction', 'reconstruction'), chart('KL', 'kl')],
    images: [
      { tag: 'reconstructions', label: 'Reconstructions' },
      { tag: 'samples', label: 'Samples' },
    ],
    bars: [{ prefix: 'latent/kl/', count: latent, title: 'KL per latent dimension', unit: 'nats', threshold: 0.01 }],
  };
}
