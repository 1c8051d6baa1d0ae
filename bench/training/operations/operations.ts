import type * as tf from '@tensorflow/tfjs-core';

/**
 * Operations of the benchmark's models from outside TensorFlow.js: the engine has its own kernels for these, and plain
 * TensorFlow.js composes them.
 */
export interface Operations {
  /** x + b over the last axis: […, channels], [channels] → […, channels] */
  addBias(x: tf.Tensor, bias: tf.Tensor): tf.Tensor;
  /** −x log σ(l) − (1 − x) log(1 − σ(l)) of each element; shapes are equal. */
  sigmoidCrossEntropy(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor;
  /** (x − μ) / √(σ² + ε) · scale + offset with the batch's own μ and σ² of each channel: [batch, height, width, channels] */
  batchNormalization(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor;
  /** max(x, 0.2 x) */
  leakyRelu(x: tf.Tensor): tf.Tensor;
  /** Numbers that no step changes, such as a mask. The name is unique in a model. */
  constant(name: string, shape: readonly number[], values: Float32Array): tf.Tensor;
}

/** TensorFlow's default; its kernel for processors takes none below 1.001e-5. */
export const BATCH_NORMALIZATION_EPSILON = 1e-3;
export const LEAK = 0.2;
