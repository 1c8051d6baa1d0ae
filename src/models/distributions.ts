import * as tf from '@tensorflow/tfjs-core';
import { sigmoidCrossEntropy } from '../engine/ops';

/**
 * Log-densities in nats. The last axis holds a distribution's independent components and is summed over where a
 * function says so; the axes before it broadcast, so that parameters may have an axis of samples that the data lack.
 */

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * Σ log Bernoulli(x; σ(l)) = Σ x l − softplus(l), which stays finite where log σ(l) does not.
 * x [batch, pixels] in [0, 1], l […, batch, pixels] → […, batch]. For x between 0 and 1 it is the negative
 * cross-entropy, as usual in the field for gray images, and no longer a log-probability.
 */
export function bernoulliLogLikelihood(x: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  return tf.neg(tf.sum(sigmoidCrossEntropy(x, logits), -1));
}

/**
 * Σ log N(x; μ, σ²) = −Σ ½ ((x − μ)/σ)² + log σ + ½ log 2π. x [batch, n], μ and log σ […, batch, n] (or shapes that
 * broadcast) → […, batch].
 */
export function gaussianLogLikelihood(x: tf.Tensor, mean: tf.Tensor, logSigma: tf.Tensor): tf.Tensor {
  const standardized = tf.mul(tf.sub(x, mean), tf.exp(tf.neg(logSigma)));
  const terms = tf.add(tf.add(tf.mul(tf.square(standardized), 0.5), logSigma), HALF_LOG_TWO_PI);
  return tf.neg(tf.sum(terms, -1));
}

/** Σ log N(z; 0, I): […, n] → […] */
export function standardNormalLogLikelihood(z: tf.Tensor): tf.Tensor {
  return tf.neg(tf.sum(tf.add(tf.mul(tf.square(z), 0.5), HALF_LOG_TWO_PI), -1));
}

/**
 * KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − 1 − log σ²) of each component, not summed: [batch, latent] → [batch, latent]
 * (Kingma & Welling 2013, appendix B).
 */
export function klFromStandardNormal(mean: tf.Tensor, logVariance: tf.Tensor): tf.Tensor {
  return tf.mul(tf.sub(tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), 1), logVariance), 0.5);
}

/**
 * Keeps a learned log σ between two bounds: m + h tanh((s − m) / h), with m the middle and h half the width. Near the
 * middle it is the identity, and unlike clipping it has a gradient everywhere, so that a value can come back.
 */
export function softlyBounded(value: tf.Tensor, minimum: number, maximum: number): tf.Tensor {
  const middle = (minimum + maximum) / 2;
  const half = (maximum - minimum) / 2;
  return tf.add(middle, tf.mul(half, tf.tanh(tf.div(tf.sub(value, middle), half))));
}
