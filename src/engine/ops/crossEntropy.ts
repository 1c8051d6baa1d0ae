import * as tf from '@tensorflow/tfjs-core';
import { detached } from '../gradients/tape';
import {
  CROSS_ENTROPY_LOSS,
  SIGMOID_CROSS_ENTROPY,
  SOFTMAX_CROSS_ENTROPY,
  SPARSE_SOFTMAX_CROSS_ENTROPY,
} from './kernels/names';

/**
 * −Σ labels log softmax(logits) of each row, in nats: labels (probabilities that add up to 1) and logits [batch,
 * classes] → [batch]. One kernel, which computes the gradient softmax(logits) − labels along with it. Labels whose sum
 * is not 1 are not scaled to it, and the gradient is then another.
 */
export function softmaxCrossEntropy(labels: tf.Tensor2D, logits: tf.Tensor2D): tf.Tensor1D {
  if (labels.dtype !== 'float32' || labels.shape[0] !== logits.shape[0] || labels.shape[1] !== logits.shape[1]) {
    const given = `${labels.dtype} of shape [${labels.shape.join()}]`;
    throw new TypeError(`Labels must be float32 of shape [${logits.shape.join()}], but are ${given}.`);
  }
  return crossEntropy(SOFTMAX_CROSS_ENTROPY, labels, logits);
}

/** The same with labels [batch] as class numbers (int32), which must lie below `classes`. */
export function sparseSoftmaxCrossEntropy(labels: tf.Tensor1D, logits: tf.Tensor2D): tf.Tensor1D {
  if (labels.dtype !== 'int32' || labels.rank !== 1 || labels.shape[0] !== logits.shape[0]) {
    const given = `${labels.dtype} of shape [${labels.shape.join()}]`;
    throw new TypeError(`Labels must be int32 of shape [${logits.shape[0]}], but are ${given}.`);
  }
  return crossEntropy(SPARSE_SOFTMAX_CROSS_ENTROPY, labels, logits);
}

function crossEntropy(kernel: string, labels: tf.Tensor, logits: tf.Tensor2D): tf.Tensor1D {
  const engine = tf.engine();
  // Off the tape: on it, a gradient would be made of zeros for the output that is the slope.
  const constants = { labels: detached(labels), logits: detached(logits) };
  const [loss, slope] = engine.runKernel<tf.Tensor[]>(kernel, constants) as [tf.Tensor1D, tf.Tensor2D];
  return engine.runKernel(CROSS_ENTROPY_LOSS, { loss, slope, labels, logits });
}

/**
 * −x log σ(l) − (1 − x) log(1 − σ(l)) = max(l, 0) − l x + log(1 + exp(−|l|)) entry by entry, in nats: labels x in [0, 1] and
 * logits l of shapes that broadcast. Stays finite for every logit; the gradient of the logits is σ(l) − x.
 */
export function sigmoidCrossEntropy(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel(SIGMOID_CROSS_ENTROPY, { labels, logits });
}
