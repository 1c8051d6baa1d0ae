import * as tf from '@tensorflow/tfjs-core';
import type { VariableDeclaration } from '../engine/program';
import type { DecoderSpecification } from '../protocol/families/parts';
import { bernoulliLogLikelihood, gaussianLogLikelihood, softlyBounded } from './distributions';
import { variable, type LayerScope } from './layers';
import { variablesOfNetwork, type Network } from './networks';

/** p(x|z) for given z: what can be asked of it. Functions, so that only what is asked for is computed. */
export interface PixelDistribution {
  /** [count, pixels]; of a Gaussian it may leave [0, 1]. */
  mean(): tf.Tensor;
  /** log p(x|z), summed over pixels: x [batch, pixels] → [samples, batch] for z [samples · batch, latent]. */
  logLikelihood(x: tf.Tensor): tf.Tensor;
}

/** z [count, latent] → p(x|z), or with a condition c [count, size] p(x|z, c) */
export interface Decoder {
  readonly variables: readonly VariableDeclaration[];
  decode(scope: LayerScope, z: tf.Tensor, condition?: tf.Tensor): PixelDistribution;
}

/** Heads `logits`, or `mean` and `log_sigma`, on a decoder network. */
export function createDecoder(specification: DecoderSpecification, network: Network): Decoder {
  const decode = specification.likelihood === 'bernoulli' ? bernoulli(network) : gaussian(specification, network);
  const variables = variablesOfNetwork(network, (scope, z, condition) => {
    const p = decode(scope, z, condition);
    p.logLikelihood(p.mean());
  });
  return { variables, decode };
}

/** AEVB, appendix C.1 */
function bernoulli(network: Network): Decoder['decode'] {
  return (scope, z, condition) => {
    const logits = network.head(scope, 'logits', network.trunk(scope, z, condition), condition);
    return {
      mean: () => tf.sigmoid(logits),
      logLikelihood: (x) => bernoulliLogLikelihood(x, perSample(logits, x)),
    };
  };
}

/** AEVB, appendix C.2, with log σ kept in bounds: without them one constant pixel drives the density to infinity. */
function gaussian(
  { sigma, minimumLogSigma, maximumLogSigma }: DecoderSpecification & { likelihood: 'gaussian' },
  network: Network,
): Decoder['decode'] {
  return (scope, z, condition) => {
    const hidden = network.trunk(scope, z, condition);
    const mean = network.head(scope, 'mean', hidden, condition);
    const logSigma = (x: tf.Tensor) =>
      sigma === 'pixel'
        ? perSample(network.head(scope, 'log_sigma', hidden, condition), x)
        : variable(scope, { name: 'decoder.log_sigma', shape: [1], initializer: { kind: 'zeros' } });
    return {
      mean: () => mean,
      logLikelihood: (x) => {
        const bounded = softlyBounded(logSigma(x), minimumLogSigma, maximumLogSigma);
        return gaussianLogLikelihood(x, perSample(mean, x), bounded);
      },
    };
  };
}

/** [samples · batch, pixels] → [samples, batch, pixels], for x [batch, pixels] */
function perSample(parameters: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.reshape(parameters, [-1, x.shape[0]!, x.shape[1]!]);
}
