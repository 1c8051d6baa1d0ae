import * as tf from '@tensorflow/tfjs-core';
import type { ProgramFunction, Scope } from '../engine/program';
import type { VaeSpecification } from '../protocol/families/vae';
import { exampleShape } from '../protocol/dataShape';
import { boundModel, type BoundTerms } from './bounds';
import { learningRate, trainingInputs, type ModelContext } from './context';
import { klFromStandardNormal } from './distributions';
import { flattened } from './examples';
import { decoded, STREAMS, type LatentVariableModel, type Values } from './latentVariableModel';
import { createDecoder } from './likelihoods';
import type { Model } from './model';
import { decoderNetwork, encoderNetwork } from './networks';
import { checkProbabilities } from './probabilities';
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
 * Reported in nats per example: sums over pixels and latent dimensions, means over the batch. `negative_elbo` never
 * contains β, so that runs with different β can be compared.
 */
export function createVae(specification: VaeSpecification, context: ModelContext): Model {
  const { network, latent } = specification;
  const shape = exampleShape(context.data);
  const encoder = gaussianEncoder(encoderNetwork(network, shape, latent));
  const decoder = createDecoder(specification.decoder, decoderNetwork(network, shape, latent));
  return variationalAutoencoder(specification, context, {
    latent,
    variables: [...encoder.variables, ...decoder.variables],
    given: () => ({}),
    posterior: (scope, examples) => encoder.encode(scope, examples),
    likelihood: (scope, z) => decoder.decode(scope, z),
  });
}

/** What of a specification a model that is trained by the bound needs. */
export type BoundSpecification = Pick<VaeSpecification, 'decoder' | 'beta' | 'samples'> & { readonly family: string };

/** Trains any model with a Gaussian q(z|x) by the bound. `name`: of one with β = 1. */
export function variationalAutoencoder(
  { family, decoder, beta, samples }: BoundSpecification,
  context: ModelContext,
  model: LatentVariableModel,
  name = 'VAE',
): Model {
  if (decoder.likelihood === 'bernoulli') {
    checkProbabilities(context.data, 'Set model.decoder.likelihood to "gaussian".');
  }
  /** The two terms of −ELBO (equation 10), with z = μ + σ ε. */
  function terms(scope: Scope, inputs: Values, stream: number): BoundTerms {
    const q = model.posterior(scope, inputs.examples!, inputs);
    const epsilon = scope.normal(inputs.noise as tf.Tensor1D, stream, [samples, ...q.mean.shape]);
    const p = decoded(model, scope, reparameterize(q, epsilon), inputs);
    const reconstruction = tf.neg(tf.mean(p.logLikelihood(flattened(inputs.examples!)), 0));
    return { q, reconstruction, kl: klFromStandardNormal(q.mean, q.logVariance) };
  }

  const hyperparameters = {
    learningRate: learningRate(context),
    beta: { title: 'β', value: beta, minimum: 0, maximum: 10_000 },
  };

  const train: ProgramFunction = {
    inputs: { ...trainingInputs(context, hyperparameters), ...model.given(context.training.batch) },
    body: (scope, inputs) =>
      scope.minimize(
        context.training.optimizer.kind,
        () => {
          const each = terms(scope, inputs, STREAMS.train);
          const reconstruction = tf.mean<tf.Scalar>(each.reconstruction);
          const kl = tf.mean<tf.Scalar>(tf.sum(each.kl, -1));
          const loss = tf.add<tf.Scalar>(reconstruction, tf.mul(inputs.beta as tf.Scalar, kl));
          return { loss, negative_elbo: tf.add(reconstruction, kl), reconstruction, kl };
        },
        inputs.learningRate as tf.Scalar,
      ),
  };

  const title = beta === 1 ? name : name.replace('VAE', 'β-VAE');
  return boundModel({ family, title, context, model, hyperparameters, train, terms });
}
