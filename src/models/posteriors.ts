import * as tf from '@tensorflow/tfjs-core';
import type { VariableDeclaration } from '../engine/program';
import type { LayerScope } from './layers';
import { variablesOfNetwork, type Network } from './networks';

/** N(μ, diag σ²), by μ and log σ²: [batch, latent] each. */
export interface Gaussian {
  readonly mean: tf.Tensor;
  readonly logVariance: tf.Tensor;
}

/** x [batch, …] → q(z|x), or with a condition c [batch, size] q(z|x, c) */
export interface Encoder {
  readonly variables: readonly VariableDeclaration[];
  encode(scope: LayerScope, x: tf.Tensor, condition?: tf.Tensor): Gaussian;
}

/** Heads `mean` and `log_variance` on an encoder network. */
export function gaussianEncoder(network: Network): Encoder {
  const encode: Encoder['encode'] = (scope, x, condition) => {
    const hidden = network.trunk(scope, x, condition);
    return {
      mean: network.head(scope, 'mean', hidden, condition),
      logVariance: network.head(scope, 'log_variance', hidden, condition),
    };
  };
  return { variables: variablesOfNetwork(network, encode), encode };
}

/** z = μ + σ ε, for ε ~ N(0, I) of [batch, latent] or [samples, batch, latent] (Kingma & Welling 2013, section 2.4). */
export function reparameterize({ mean, logVariance }: Gaussian, epsilon: tf.Tensor): tf.Tensor {
  return tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), epsilon));
}
