import * as tf from '@tensorflow/tfjs-core';
import { sigmoidCrossEntropy } from '../../../src/engine/ops';
import { bernoulliLogLikelihood, klFromStandardNormal } from '../../../src/models/distributions';
import { flatten } from '../../../src/models/layers';
import type { Gaussian } from '../../../src/models/posteriors';

/** Mean over the batch of the sum over everything else, in nats: the usual loss of binary images. */
export function bernoulliLoss(x: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return tf.neg(tf.mean<tf.Scalar>(bernoulliLogLikelihood(flatten(x), flatten(logits))));
}

/** Mean over the batch of KL(q ‖ N(0, I)). */
export function klLoss({ mean, logVariance }: Gaussian): tf.Scalar {
  return tf.mean(tf.sum(klFromStandardNormal(mean, logVariance), 1));
}

/** −log σ(l) for real ones, else −log(1 − σ(l)), mean over the batch (Goodfellow et al. 2014). */
export function adversarialLoss(logits: tf.Tensor, real: boolean): tf.Scalar {
  const labels = real ? tf.onesLike(logits) : tf.zerosLike(logits);
  return tf.mean<tf.Scalar>(sigmoidCrossEntropy(labels, logits));
}
