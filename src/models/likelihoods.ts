import * as tf from '@tensorflow/tfjs-core';
import type { Scope, VariableDeclaration } from '../engine/program';
import type { DecoderSpecification } from '../protocol/families/parts';
import { bernoulliLogLikelihood, gaussianLogLikelihood, softlyBounded } from './distributions';
import type { Network } from './networks';

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
  decode(scope: Scope, z: tf.Tensor, condition?: tf.Tensor): PixelDistribution;
}

/** Heads `decoder.logits`, or `decoder.mean` and `decoder.log_sigma`, on a decoder network. */
export function createDecoder(specification: DecoderSpecification, network: Network): Decoder {
  return specification.likelihood === 'bernoulli' ? bernoulli(network) : gaussian(specification, network);
}

/** AEVB, appendix C.1 */
function bernoulli(network: Network): Decoder {
  const head = network.head('logits');
  return {
    variables: [...network.trunk.variables, ...head.variables],
    decode: (scope, z, condition) => {
      const logits = head.apply(scope, network.trunk.apply(scope, z, condition), condition);
      return {
        mean: () => tf.sigmoid(logits),
        logLikelihood: (x) => bernoulliLogLikelihood(x, perSample(logits, x)),
      };
    },
  };
}

/** AEVB, appendix C.2, with log σ kept in bounds: without them one constant pixel drives the density to infinity. */
function gaussian(specification: DecoderSpecification & { likelihood: 'gaussian' }, network: Network): Decoder {
  const meanHead = network.head('mean');
  const sigmaHead = specification.sigma === 'pixel' ? network.head('log_sigma') : undefined;
  const shared: VariableDeclaration = { name: 'decoder.log_sigma', shape: [1], initializer: { kind: 'zeros' } };
  return {
    variables: [...network.trunk.variables, ...meanHead.variables, ...(sigmaHead?.variables ?? [shared])],
    decode: (scope, z, condition) => {
      const hidden = network.trunk.apply(scope, z, condition);
      const mean = meanHead.apply(scope, hidden, condition);
      return {
        mean: () => mean,
        logLikelihood: (x) => {
          const raw = sigmaHead ? perSample(sigmaHead.apply(scope, hidden, condition), x) : scope.variable(shared.name);
          const logSigma = softlyBounded(raw, specification.minimumLogSigma, specification.maximumLogSigma);
          return gaussianLogLikelihood(x, perSample(mean, x), logSigma);
        },
      };
    },
  };
}

/** [samples · batch, pixels] → [samples, batch, pixels], for x [batch, pixels] */
function perSample(parameters: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.reshape(parameters, [-1, x.shape[0]!, x.shape[1]!]);
}
