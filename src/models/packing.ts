import * as tf from '@tensorflow/tfjs-core';

/** The shape of `count` examples that are judged together: their last axes one after the other. */
export function packedShape(shape: readonly number[], count: number): readonly number[] {
  return shape.with(-1, shape.at(-1)! * count);
}

/**
 * Packs of `count` consecutive examples, [batch, …, n] → [batch / count, …, count · n] (Lin et al. 2018, "PacGAN"): of images, their
 * channels one after the other.
 */
export function packed(examples: tf.Tensor, count: number): tf.Tensor {
  if (count === 1) return examples;
  const [batch, ...shape] = examples.shape as [number, ...number[]];
  const grouped = tf.reshape(examples, [batch / count, count, ...shape]);
  const axes = shape.slice(0, -1).map((_, axis) => axis + 2);
  const together = tf.transpose(grouped, [0, ...axes, 1, shape.length + 1]);
  return tf.reshape(together, [batch / count, ...packedShape(shape, count)]);
}
