import * as tf from '@tensorflow/tfjs-core';
import { sumTo } from '../gradients/reduced';
import { attached, detached } from '../gradients/tape';
import { SOFTMAX_CROSS_ENTROPY, SPARSE_SOFTMAX_CROSS_ENTROPY } from './kernels/names';

/**
 * −Σ labels log softmax(logits) of each row, in nats: labels (probabilities that add up to 1) and logits [batch, classes] → [batch].
 * One kernel, which computes the gradient softmax(logits) − labels along with it. Labels are constants: no gradient flows into
 * them.
 */
export function softmaxCrossEntropy(labels: tf.Tensor2D, logits: tf.Tensor2D): tf.Tensor1D {
  if (labels.shape[0] !== logits.shape[0] || labels.shape[1] !== logits.shape[1]) {
    throw new TypeError(`Labels are [${labels.shape.join()}] and logits [${logits.shape.join()}].`);
  }
  return crossEntropy(SOFTMAX_CROSS_ENTROPY, detached(labels), logits, (kept) => kept);
}

/** The same with labels [batch] as class numbers (int32) below `classes`. */
export function sparseSoftmaxCrossEntropy(labels: tf.Tensor1D, logits: tf.Tensor2D): tf.Tensor1D {
  if (labels.dtype !== 'int32' || labels.shape[0] !== logits.shape[0]) {
    const given = `${labels.dtype} of shape [${labels.shape.join()}]`;
    throw new TypeError(`Labels must be int32 of shape [${logits.shape[0]}], but are ${given}.`);
  }
  return crossEntropy(SPARSE_SOFTMAX_CROSS_ENTROPY, labels, logits, (kept) =>
    tf.cast(tf.oneHot(kept as tf.Tensor1D, logits.shape[1]), 'float32'),
  );
}

function crossEntropy(
  kernel: string,
  labels: tf.Tensor,
  logits: tf.Tensor2D,
  probabilities: (labels: tf.Tensor) => tf.Tensor,
): tf.Tensor1D {
  const inputs = { labels, logits: detached(logits) };
  const [loss, slope] = tf.engine().runKernel<tf.Tensor[]>(kernel, inputs) as [tf.Tensor1D, tf.Tensor2D];
  const gradient = (dy: tf.Tensor, [keptLogits, keptSlope, keptLabels]: tf.Tensor[]) => {
    const differentiable = () => tf.sub(tf.softmax(keptLogits!), probabilities(keptLabels!));
    return [tf.mul(tf.expandDims(dy, 1), tf.engine().isTapeOn() ? differentiable() : keptSlope!)];
  };
  return attached({ inputs: [logits], value: loss, saved: [logits, slope, labels], gradient }) as tf.Tensor1D;
}

/**
 * −x log σ(l) − (1 − x) log(1 − σ(l)) = max(l, 0) − l x + log(1 + exp(−|l|)) entry by entry, in nats: labels x in [0, 1] and
 * logits l of shapes that broadcast. Stays finite for every logit; its gradient is σ(l) − x. Labels are constants: no gradient
 * flows into them.
 */
export function sigmoidCrossEntropy(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const [x, l] = [detached(labels), detached(logits)];
  return attached({
    inputs: [logits],
    value: tf.sub(tf.softplus(l), tf.mul(x, l)),
    saved: [logits, x],
    gradient: (dy, [keptLogits, keptLabels]) => {
      const slope = tf.sub(tf.sigmoid(keptLogits!), keptLabels!);
      return [sumTo(tf.mul(dy, slope), logits.shape)];
    },
  });
}
