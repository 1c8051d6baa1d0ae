import * as tf from '@tensorflow/tfjs-core';
import type { ConditionalVaeSpecification } from '../protocol/families/cvae';
import { exampleShape } from '../protocol/dataShape';
import { labelsInput, type ModelContext } from './context';
import { ModelError } from './error';
import type { LatentVariableModel, Values } from './latentVariableModel';
import { createDecoder } from './likelihoods';
import type { Model } from './model';
import { decoderNetwork, encoderNetwork } from './networks';
import { oneHot } from './oneHot';
import { gaussianEncoder } from './posteriors';
import { variationalAutoencoder } from './vae';

/**
 * The conditional variational autoencoder of Sohn, Lee & Yan, "Learning Structured Output Representation using Deep
 * Conditional Generative Models" (2015), for images x of classes y, as in Kingma et al. (2014), model M2, with y observed:
 *
 *   p(z) = N(0, I), whatever y is;   p(x|z, y);   q(z|x, y) = N(μ(x, y), diag σ²(x, y))
 *   −ELBO = −1/L Σₗ log p(x|zₗ, y) + KL(q(z|x, y) ‖ p(z))                       (Sohn et al., equation 4)
 *
 * Both networks get y as a one-hot vector in their first layer; what z is left to say is what the classes have in common
 * (in which hand a digit is written). So samples can be asked for by class, and an image can be given another class
 * while its z stays.
 *
 * Throws {@link ModelError} for images without labels.
 */
export function createConditionalVae(specification: ConditionalVaeSpecification, context: ModelContext): Model {
  const { classes, data } = context;
  if (classes === undefined) {
    throw new ModelError(
      'A conditional VAE learns from labels, and the training and test sets do not both have them.',
      'Put their label files beside them, or train the family "vae".',
    );
  }
  const { network, latent } = specification;
  const shape = exampleShape(data);
  const encoder = gaussianEncoder(encoderNetwork(network, shape, latent, classes));
  const decoder = createDecoder(specification.decoder, decoderNetwork(network, shape, latent, classes));
  /** y of each of `count` rows, which repeat the batch: [count, classes] */
  const y = ({ labels }: Values, count: number) =>
    repeated(oneHot(labels as tf.Tensor1D, classes), count / labels!.shape[0]!);
  const model: LatentVariableModel = {
    ...{ latent, classes },
    variables: [...encoder.variables, ...decoder.variables],
    given: (count) => ({ labels: labelsInput(count, classes) }),
    posterior: (scope, examples, given) => encoder.encode(scope, examples, y(given, examples.shape[0]!)),
    likelihood: (scope, z, given) => decoder.decode(scope, z, y(given, z.shape[0]!)),
  };
  return variationalAutoencoder(specification, context, model, 'Conditional VAE');
}

function repeated(rows: tf.Tensor2D, times: number): tf.Tensor2D {
  return times === 1 ? rows : tf.tile(rows, [times, 1]);
}
