import * as tf from '@tensorflow/tfjs-core';
import { CROSS_ENTROPY_LOSS, SIGMOID_CROSS_ENTROPY } from '../ops/kernels/names';
import { sumTo } from './reduced';

/** Losses of logits against labels, which may depend on parameters as well. */
export const crossEntropyGradients: tf.GradConfig[] = [
  {
    kernelName: SIGMOID_CROSS_ENTROPY,
    inputsToSave: ['labels', 'logits'],
    gradFunc: (dy, [labels, logits]) => {
      const gradient = dy as tf.Tensor;
      return {
        labels: () => sumTo(tf.neg(tf.mul(gradient, logits!)), labels!.shape),
        logits: () => sumTo(tf.mul(gradient, tf.sub(tf.sigmoid(logits!), labels!)), logits!.shape),
      };
    },
  },
  {
    kernelName: CROSS_ENTROPY_LOSS,
    inputsToSave: ['slope', 'labels', 'logits'],
    gradFunc: (dy, saved) => {
      const [slope, labels, logits] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const gradient = tf.expandDims(dy as tf.Tensor, 1);
      return {
        // The slope came along with the loss; as it is a constant, it will not do where it is differentiated.
        logits: () => tf.mul(gradient, tf.engine().isTapeOn() ? differentiableSlope(labels, logits) : slope),
        labels: () => tf.neg(tf.mul(gradient, tf.logSoftmax(logits))),
      };
    },
  },
];

/** softmax(logits) − labels, which add up to 1 */
function differentiableSlope(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  if (labels.dtype === 'int32') {
    const probabilities = tf.oneHot(labels as tf.Tensor1D, logits.shape[1]!);
    return tf.sub(tf.softmax(logits), tf.cast(probabilities, 'float32'));
  }
  return tf.sub(tf.softmax(logits), labels);
}
