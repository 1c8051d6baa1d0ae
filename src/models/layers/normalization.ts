import * as tf from '@tensorflow/tfjs-core';
import { batchNormalization, layerNormalization, normalizeBatch } from '../../engine/ops';
import { variable, type LayerScope } from './variables';

/**
 * What batch normalization takes for mean and variance.
 * - `update`: the batch's own, and the moving averages follow: training
 * - `batch`: the batch's own, and the averages stay: another batch of the same step, such as a GAN's generated one
 * - `moving`: the averages: inference, where an output must not depend on the rest of its batch
 */
export type Statistics = 'update' | 'batch' | 'moving';

export interface BatchNormOptions {
  /** ε, added to variances; cuDNN takes none below 1.001e-5. */
  readonly epsilon?: number;
  /** d of the moving averages m ← d m + (1 − d) m_batch; PyTorch's `momentum` is 1 − d. */
  readonly decay?: number;
}

/**
 * Batch normalization (Ioffe & Szegedy 2015): scale (x − μ) / √(σ² + ε) + offset for each channel, [batch, n] or [batch, height,
 * width, n] → like x. `<name>.scale` starts as 1 and `<name>.offset` as 0, [n] each. The averages `<name>.mean` and
 * `<name>.variance` [n] are state that is not trained, from 0 and 1; as in PyTorch, the variance that is averaged is the unbiased
 * one, while the batch is divided by the biased one. There are no averages where nothing reads or updates them.
 */
export function batchNorm<T extends tf.Tensor>(
  scope: LayerScope,
  name: string,
  x: T,
  statistics: Statistics,
  { epsilon = 1e-3, decay = 0.9 }: BatchNormOptions = {},
): T {
  const { scale, offset } = scaleAndOffset(scope, name, x);
  if (statistics === 'batch') return batchNormalization(x, scale, offset, epsilon).output;
  const state = (of: 'mean' | 'variance') =>
    variable(scope, {
      name: `${name}.${of}`,
      shape: scale.shape,
      initializer: { kind: 'constant', value: of === 'mean' ? 0 : 1 },
      trained: false,
    }) as tf.Tensor1D;
  const moving = { mean: state('mean'), variance: state('variance') };
  if (statistics === 'moving') return normalizeBatch(x, moving, scale, offset, epsilon);
  const { output, ...batch } = batchNormalization(x, scale, offset, epsilon);
  for (const of of ['mean', 'variance'] as const) {
    scope.assign(`${name}.${of}`, tf.add(tf.mul(moving[of], decay), tf.mul(batch[of], 1 - decay)));
  }
  return output;
}

/**
 * Layer normalization (Ba, Kiros & Hinton 2016): the same with mean and variance of each example's last axis, […, n] → like x, so that
 * training and inference do not differ. `<name>.scale` and `<name>.offset` [n] start as 1 and 0.
 */
export function layerNorm<T extends tf.Tensor>(scope: LayerScope, name: string, x: T, epsilon = 1e-5): T {
  const { scale, offset } = scaleAndOffset(scope, name, x);
  return layerNormalization(x, scale, offset, epsilon);
}

function scaleAndOffset(scope: LayerScope, name: string, x: tf.Tensor) {
  const shape = [x.shape.at(-1)!];
  const one = { kind: 'constant', value: 1 } as const;
  return {
    scale: variable(scope, { name: `${name}.scale`, shape, initializer: one }) as tf.Tensor1D,
    offset: variable(scope, { name: `${name}.offset`, shape, initializer: { kind: 'zeros' } }) as tf.Tensor1D,
  };
}
