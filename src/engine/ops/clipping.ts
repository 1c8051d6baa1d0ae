import * as tf from '@tensorflow/tfjs-core';

/** √Σ g² over all gradients together, scalar. */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  if (gradients.length === 0) return tf.scalar(0);
  const squares = gradients.map((gradient) => tf.sum<tf.Scalar>(tf.square(gradient)));
  return tf.sqrt(squares.length === 1 ? squares[0]! : tf.addN(squares));
}

/**
 * Clipping by global norm (Pascanu, Mikolov & Bengio 2013): all gradients times min(1, maximum / norm), so that their
 * direction stays. A norm that is not finite makes every gradient NaN, which is how a divergence should look. `norm` is
 * that before.
 */
export function clipByGlobalNorm(
  gradients: readonly tf.Tensor[],
  maximum: number,
): { readonly gradients: tf.Tensor[]; readonly norm: tf.Scalar } {
  checkBound(maximum);
  const norm = globalNorm(gradients);
  // Not min(1, maximum / norm), whose gradient at 0 would be infinite; ∞ / ∞ is NaN as it should be.
  const factor = tf.div(maximum, tf.maximum(norm, maximum));
  const checked = tf.add(factor, tf.mul(norm, 0));
  return { gradients: gradients.map((gradient) => tf.mul(gradient, checked)), norm };
}

/** Each entry between −bound and bound. */
export function clipByValue(gradients: readonly tf.Tensor[], bound: number): tf.Tensor[] {
  checkBound(bound);
  return gradients.map((gradient) => tf.clipByValue(gradient, -bound, bound));
}

function checkBound(bound: number): void {
  if (!(bound > 0 && Number.isFinite(bound))) {
    throw new RangeError(`A bound of gradients must be positive and finite, but is ${bound}.`);
  }
}
