import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../../engine/ops';
import type { Parametrization } from './affine';
import { variable, type LayerScope } from './variables';

/**
 * Spectral normalization (Miyato et al. 2018, algorithm 1): W / σ(W), which makes a layer 1-Lipschitz. W is the kernel as a matrix
 * [inputs, outputs], with a convolution's height, width and inputs on one axis. One step of power iteration,
 *
 *   v = W u / ‖W u‖,   u' = Wᵀ v / ‖Wᵀ v‖,   σ(W) ≈ vᵀ W u',
 *
 * starts from where the last training step has come to: `<name>.u` [outputs] is state that is not trained. u' and v are constants
 * for the gradient, so that ∂σ/∂W = v u'ᵀ.
 *
 * @param update keeps u' as the next u. Once a step: where a layer is called on several batches, the first call updates.
 */
export function spectralNorm(
  scope: LayerScope,
  name: string,
  { update }: { readonly update: boolean },
): Parametrization {
  return (kernel, outputsAxis) => {
    const outputs = kernel.shape[outputsAxis]!;
    const matrix = asMatrix(kernel, outputsAxis);
    const initializer = { kind: 'normal', deviation: 1 } as const;
    const start = variable(scope, { name: `${name}.u`, shape: [outputs], initializer, trained: false });
    const fixed = stopGradient(matrix);
    const v = normalized(tf.matMul(fixed, tf.reshape(start, [outputs, 1])));
    const u = normalized(tf.matMul(fixed, v, true));
    if (update) scope.assign(`${name}.u`, tf.reshape(u, [outputs]));
    const sigma = tf.sum(tf.mul(v, tf.matMul(matrix, u)));
    return tf.div(kernel, sigma);
  };
}

/** A kernel as [inputs, outputs]. */
function asMatrix(kernel: tf.Tensor, outputsAxis: number): tf.Tensor2D {
  const others = kernel.shape.map((_, axis) => axis).filter((axis) => axis !== outputsAxis);
  const last = outputsAxis === kernel.rank - 1;
  const ordered = last ? kernel : tf.transpose(kernel, [...others, outputsAxis]);
  return tf.reshape(ordered, [-1, kernel.shape[outputsAxis]!]);
}

/** A constant of length 1 in the direction of a column [n, 1]. */
function normalized(column: tf.Tensor2D): tf.Tensor2D {
  const length = tf.sqrt(tf.sum(tf.square(column)));
  return stopGradient(tf.div(column, tf.maximum(length, 1e-12)));
}
