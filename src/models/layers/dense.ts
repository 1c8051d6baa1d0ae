import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../../engine/program';
import { affine, type AffineOptions } from './affine';
import { variable, type LayerScope } from './variables';

/** x W + b: [batch, inputs] → [batch, outputs]. W is stored as `<name>.kernel` [inputs, outputs]. Throws TypeError for other ranks. */
export function dense(
  scope: LayerScope,
  name: string,
  x: tf.Tensor,
  outputs: number,
  options: AffineOptions = {},
): tf.Tensor2D {
  if (x.rank !== 2) throw new TypeError(`“${name}” takes [batch, inputs], not [${x.shape.join()}].`);
  const inputs = x.shape[1]!;
  const layer = { ...options, name, kernel: [inputs, outputs], fans: { inputs, outputs } };
  return affine(scope, layer, (kernel) => tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D)) as tf.Tensor2D;
}

/** The same layer at each place of a sequence: [batch, length, inputs] → [batch, length, outputs] (Vaswani et al. 2017, section 3.3). */
export function positionwise(
  scope: LayerScope,
  name: string,
  x: tf.Tensor,
  outputs: number,
  options: Omit<AffineOptions, 'condition'> = {},
): tf.Tensor3D {
  const [batch, length, inputs] = x.shape as [number, number, number];
  return tf.reshape(dense(scope, name, tf.reshape(x, [-1, inputs]), outputs, options), [batch, length, outputs]);
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
