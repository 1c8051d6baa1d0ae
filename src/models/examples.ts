import * as tf from '@tensorflow/tfjs-core';
import type { InputDeclaration } from '../engine/program';

/** Input [count, …] of examples of a shape, as the model's scaling gives their values. */
export function examplesInput(count: number, shape: readonly number[]): InputDeclaration {
  return { shape: [count, ...shape], dtype: 'float32' };
}

/** [batch, …] → [batch, size] */
export function flattened(examples: tf.Tensor): tf.Tensor {
  return tf.reshape(examples, [examples.shape[0]!, -1]);
}

/** [count, size] → [count, …shape] */
export function toExamples(values: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return tf.reshape(values, [-1, ...shape]);
}

/** Σ over the batch of weight · value: [batch], [batch] → scalar */
export function weightedSum(weights: tf.Tensor, values: tf.Tensor): tf.Scalar {
  return tf.sum(tf.mul(weights, values));
}

/** The same for each column: [batch], [batch, n] → [n] */
export function weightedSums(weights: tf.Tensor, values: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(tf.expandDims(weights, 1), values), 0);
}
