import * as tf from '@tensorflow/tfjs-core';

type SoftmaxCrossEntropy = typeof tf.losses.softmaxCrossEntropy;

/**
 * `tf.losses.softmaxCrossEntropy` gives labels that depend on parameters the gradient of logits with its sign turned, and cannot be
 * differentiated twice. It is replaced by its definition, −Σ labels log softmax(logits) of each row, whose gradients are exact.
 */
export function replaceLosses(): void {
  tf.losses.softmaxCrossEntropy = ((onehotLabels, logits, weights, labelSmoothing = 0, reduction) => {
    const given = tf.cast(onehotLabels as tf.Tensor, 'float32');
    const scores = tf.cast(logits as tf.Tensor, 'float32');
    tf.util.assertShapesMatch(given.shape, scores.shape, 'Error in softmaxCrossEntropy: ');
    const classes = given.shape.at(-1) ?? 1;
    const labels = labelSmoothing === 0 ? given : tf.add(tf.mul(given, 1 - labelSmoothing), labelSmoothing / classes);
    const losses = tf.neg(tf.sum(tf.mul(labels, tf.logSoftmax(scores)), -1));
    return tf.losses.computeWeightedLoss(losses, weights, reduction);
  }) as SoftmaxCrossEntropy;
}
