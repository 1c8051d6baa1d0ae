import * as tf from '@tensorflow/tfjs-core';
import type { Scope, VariableDeclaration } from '../engine/program';
import type { Network } from './networks';

/** N(μ, diag σ²), by μ and log σ²: [batch, latent] each. */
export interface Gaussian {
  readonly mean: tf.Tensor;
  readonly logVariance: tf.Tensor;
}

/** x [batch, height, width, channel] → q(z|x), or with a condition c [batch, size] q(z|x, c) */
export interface Encoder {
  readonly variables: readonly VariableDeclaration[];
  encode(scope: Scope, images: tf.Tensor, condition?: tf.Tensor): Gaussian;
}

/** Heads `encoder.mean` and `encoder.log_variance` on an encoder network. */
export function gaussianEncoder(network: Network): Encoder {
  const mean = network.head('mean');
  const logVariance = network.head('log_variance');
  return {
    variables: [...network.trunk.variables, ...mean.variables, ...logVariance.variables],
    encode: (scope, images, condition) => {
      const hidden = network.trunk.apply(scope, images, condition);
      return {
        mean: mean.apply(scope, hidden, condition),
        logVariance: logVariance.apply(scope, hidden, condition),
      };
    },
  };
}

/** z = μ + σ ε, for ε ~ N(0, I) of [batch, latent] or [samples, batch, latent] (Kingma & Welling 2013, section 2.4). */
export function reparameterize({ mean, logVariance }: Gaussian, epsilon: tf.Tensor): tf.Tensor {
  return tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), epsilon));
}
