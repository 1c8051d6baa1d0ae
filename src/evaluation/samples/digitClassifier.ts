import * as tf from '@tensorflow/tfjs-core';
import type { Program } from '../../engine/program';
import { convolution, dense, flatten, heNormal, variablesOf, type LayerScope } from '../../models/layers';

/** Images in a call. */
export const CLASSIFIER_BATCH = 250;
export const CLASSIFIER_SHAPE = [28, 28, 1] as const;
export const FEATURES = 64;
export const DIGITS = 10;

/**
 * A small classifier of MNIST’s digits: two 5×5 convolutions of stride 2 with 16 and 32 channels, 64 units, and 10 logits. Its 64
 * units are the features in which samples are compared with data, as Inception’s are for photographs (Heusel et al. 2017).
 * `scripts/train-classifier.mjs` trains the weights that the product includes.
 */
export function classifierProgram(): Program {
  const images = { shape: [CLASSIFIER_BATCH, ...CLASSIFIER_SHAPE], dtype: 'float32' } as const;
  return {
    variables: variablesOf((scope, standIn) => classify(scope, standIn(images.shape))),
    functions: {
      /** Images [batch, 28, 28, 1] in [0, 1] → features [batch, 64] and probabilities [batch, 10]. */
      features: {
        inputs: { images },
        body: (scope, inputs) => {
          const { features, logits } = classify(scope, inputs.images!);
          return { features, probabilities: tf.softmax(logits) };
        },
      },
    },
  };
}

/** Images [batch, 28, 28, 1] → features [batch, 64] and logits [batch, 10] */
export function classify(scope: LayerScope, images: tf.Tensor): { features: tf.Tensor2D; logits: tf.Tensor2D } {
  const options = { kernel: 5, stride: 2, initialization: heNormal };
  const first = tf.relu(convolution(scope, 'convolution.0', images, 16, options));
  const second = tf.relu(convolution(scope, 'convolution.1', first, 32, options));
  const features = tf.relu(dense(scope, 'hidden', flatten(second), FEATURES, { initialization: heNormal }));
  return { features, logits: dense(scope, 'logits', features, DIGITS, { initialization: heNormal }) };
}
