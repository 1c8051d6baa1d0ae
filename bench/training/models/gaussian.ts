import * as tf from '@tensorflow/tfjs-core';

/** z = μ + σ ε: all [batch, latent] */
export function reparameterize(mean: tf.Tensor, logVariance: tf.Tensor, epsilon: tf.Tensor): tf.Tensor {
  return tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), epsilon));
}

/** Mean over the batch of KL(N(μ, σ²) ‖ N(0, I)) (Kingma & Welling 2013, appendix B). */
export function kl(mean: tf.Tensor, logVariance: tf.Tensor): tf.Scalar {
  const terms = tf.sub(tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), 1), logVariance);
  return tf.mul(tf.mean(tf.sum(terms, 1)), 0.5);
}
