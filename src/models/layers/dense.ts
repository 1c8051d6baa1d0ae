import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../../engine/program';
import { affine, type AffineOptions } from './affine';
import { variable, type LayerScope } from './variables';

/** x W + b: [batch, inputs] → [batch, outputs]. W is stored as `<name>.kernel` [inputs, outputs]. */
export function dense(
  scope: LayerScope,
  name: string,
  x: tf.Tensor,
  outputs: number,
  options: AffineOptions = {},
): tf.Tensor2D {
  const inputs = x.shape[1]!;
  const layer = { ...options, name, kernel: [inputs, outputs], fans: { inputs, outputs } };
  return affine(scope, layer, (kernel) => tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D)) as tf.Tensor2D;
}

/**
 * Rows of a table that is learned, stored as `<name>.table` [count, size]: indices […] int32 below `count` → […, size]. Rows start
 * from N(0, 1), PyTorch's default.
 */
export function embedding(
  scope: LayerScope,
  name: string,
  indices: tf.Tensor,
  { count, size, initializer = { kind: 'normal', deviation: 1 } }: EmbeddingOptions,
): tf.Tensor {
  const table = variable(scope, { name: `${name}.table`, shape: [count, size], initializer });
  return tf.gather(table, indices);
}

export interface EmbeddingOptions {
  readonly count: number;
  readonly size: number;
  readonly initializer?: Initializer;
}
